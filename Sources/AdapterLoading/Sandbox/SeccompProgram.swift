internal import CSandbox

/// A filter of system calls in the kernel's classic BPF: rules from the top, then what holds for every other call.
///
/// Sources: seccomp(2), linux/seccomp.h, linux/bpf_common.h. Each rule ends in a return, so that no jump is longer than
/// one rule.
struct SeccompProgram {
  /// What happens to a call; the values are `SECCOMP_RET_…`.
  enum Verdict: Equatable, Sendable {
    case allow
    case fail(Int32)
    case kill

    var value: UInt32 {
      switch self {
      case .allow: 0x7FFF_0000
      case .fail(let code): 0x0005_0000 | UInt32(code) & 0xFFFF
      case .kill: 0x8000_0000
      }
    }
  }

  /// What an argument has to be; only the lower half of one is looked at, as the kernel does for an `int`.
  enum Condition: Sendable {
    case isAny(of: [UInt32], argument: Int)
    case hasAll(UInt32, argument: Int)
    case lacksAll(UInt32, argument: Int)
    /// Not every one of these bits.
    case lacksAny(UInt32, argument: Int)
    /// A pointer that is null, both halves.
    case isNull(argument: Int)
  }

  struct Rule: Sendable {
    let call: SystemCall
    let verdict: Verdict
    /// With it `verdict` holds only when it is met, and `otherwise` when not.
    var condition: Condition?
    var otherwise = Verdict.kill
  }

  private(set) var instructions: [sandbox_instruction] = []

  /// A call of another machine's interface (`int 0x80`, x32) ends the process.
  init(_ rules: [Rule], every other: Verdict, on machine: SeccompMachine) {
    load(SeccompData.machine)
    jumpIfEqual(machine.rawValue, over: 1)
    finish(.kill)
    load(SeccompData.number)
    if machine == .x86 {
      append(BPF.jumpIfAtLeast, 0x4000_0000, ifTrue: 0, ifFalse: 1)
      finish(.kill)
    }
    for rule in rules { append(rule, on: machine) }
    finish(other)
  }
}

/// Offsets within `struct seccomp_data`.
enum SeccompData {
  static let number: UInt32 = 0
  static let machine: UInt32 = 4

  /// Of the lower half of an argument; both machines are little-endian.
  static func low(_ argument: Int) -> UInt32 { 16 + 8 * UInt32(argument) }
  static func high(_ argument: Int) -> UInt32 { low(argument) + 4 }
}

/// The few instructions that are used; linux/bpf_common.h.
enum BPF {
  static let loadWord: UInt16 = 0x20
  static let and: UInt16 = 0x54
  static let jumpIfEqual: UInt16 = 0x15
  static let jumpIfAtLeast: UInt16 = 0x35
  static let jumpIfAnyBit: UInt16 = 0x45
  static let finish: UInt16 = 0x06
}

// MARK: - Assembling

extension SeccompProgram {
  private mutating func append(_ rule: Rule, on machine: SeccompMachine) {
    guard let number = rule.call.number(on: machine) else { return }
    let jump = instructions.count
    append(BPF.jumpIfEqual, number, ifTrue: 0, ifFalse: 0)
    if let condition = rule.condition { check(condition, rule.verdict, rule.otherwise) }
    finish(rule.condition == nil ? rule.verdict : rule.otherwise)
    instructions[jump].if_false = UInt8(instructions.count - jump - 1)
  }

  /// Returns `verdict` when it is met; falls through when not.
  private mutating func check(_ condition: Condition, _ verdict: Verdict, _ otherwise: Verdict) {
    switch condition {
    case .isAny(let values, let argument):
      load(SeccompData.low(argument))
      for value in values {
        append(BPF.jumpIfEqual, value, ifTrue: 0, ifFalse: 1)
        finish(verdict)
      }
    case .hasAll(let bits, let argument):
      load(SeccompData.low(argument))
      append(BPF.and, bits)
      append(BPF.jumpIfEqual, bits, ifTrue: 0, ifFalse: 1)
      finish(verdict)
    case .lacksAny(let bits, let argument):
      load(SeccompData.low(argument))
      append(BPF.and, bits)
      append(BPF.jumpIfEqual, bits, ifTrue: 1, ifFalse: 0)
      finish(verdict)
    case .lacksAll(let bits, let argument):
      load(SeccompData.low(argument))
      append(BPF.jumpIfAnyBit, bits, ifTrue: 1, ifFalse: 0)
      finish(verdict)
    case .isNull(let argument):
      load(SeccompData.low(argument))
      append(BPF.jumpIfEqual, 0, ifTrue: 1, ifFalse: 0)
      finish(otherwise)
      load(SeccompData.high(argument))
      append(BPF.jumpIfEqual, 0, ifTrue: 0, ifFalse: 1)
      finish(verdict)
    }
  }

  private mutating func load(_ offset: UInt32) { append(BPF.loadWord, offset) }

  private mutating func jumpIfEqual(_ value: UInt32, over count: UInt8) {
    append(BPF.jumpIfEqual, value, ifTrue: count, ifFalse: 0)
  }

  private mutating func finish(_ verdict: Verdict) { append(BPF.finish, verdict.value) }

  private mutating func append(
    _ code: UInt16, _ value: UInt32, ifTrue: UInt8 = 0, ifFalse: UInt8 = 0
  ) {
    instructions.append(
      sandbox_instruction(code: code, if_true: ifTrue, if_false: ifFalse, value: value))
  }
}
