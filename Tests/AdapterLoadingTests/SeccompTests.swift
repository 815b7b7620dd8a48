import CSandbox
import Foundation
import Glibc
import Testing

@testable import AdapterLoading

/// The filters, run by an interpreter of their few instructions, for both machines.
@Suite struct SeccompTests {
  private static let process: UInt32 = 4711

  private func verdict(
    _ program: SeccompProgram, _ call: UInt32, _ arguments: [UInt64] = [],
    on machine: SeccompMachine
  ) -> UInt32? {
    SeccompInterpreter.run(
      program.instructions, number: call, machine: machine.rawValue,
      arguments: arguments + Array(repeating: 0, count: 6 - arguments.count))
  }

  private func first(_ machine: SeccompMachine) -> SeccompProgram {
    SeccompRules.beforeLoading(process: Self.process, on: machine)
  }

  private static let allow = SeccompProgram.Verdict.allow.value
  private static let kill = SeccompProgram.Verdict.kill.value
  private static func fail(_ code: Int32) -> UInt32 { SeccompProgram.Verdict.fail(code).value }

  @Test(arguments: SeccompMachine.allCases)
  func `every harmless call is allowed and every hostile one ends the process`(
    machine: SeccompMachine
  ) throws {
    for call in SystemCall.harmless {
      guard let number = call.number(on: machine) else { continue }
      #expect(verdict(first(machine), number, on: machine) == Self.allow, "\(call.name)")
    }
    for call in SystemCall.hostile {
      guard let number = call.number(on: machine) else { continue }
      #expect(verdict(first(machine), number, on: machine) == Self.kill, "\(call.name)")
    }
  }

  @Test(arguments: SeccompMachine.allCases)
  func `every other number fails as on a kernel that does not know it`(machine: SeccompMachine) {
    let calls = SystemCall.harmless + SystemCall.hostile + SystemCall.withArguments
    let known = Set(calls.compactMap { $0.number(on: machine) })
    for number in UInt32(0)..<1200 where !known.contains(number) {
      #expect(verdict(first(machine), number, on: machine) == Self.fail(ENOSYS), "\(number)")
    }
  }

  @Test func `a call by another machine's numbers ends the process`() {
    #expect(
      SeccompInterpreter.run(
        first(.x86).instructions, number: 0, machine: 0x4000_0003,
        arguments: Array(repeating: 0, count: 6)) == Self.kill)
    // x32: bit 30 of the number.
    #expect(verdict(first(.x86), 0x4000_0000, on: .x86) == Self.kill)
    #expect(verdict(first(.x86), 0x4000_0209, on: .x86) == Self.kill)
  }

  @Test(arguments: SeccompMachine.allCases)
  func `arguments decide where they must`(machine: SeccompMachine) throws {
    func run(_ call: SystemCall, _ arguments: UInt64...) throws -> UInt32? {
      verdict(
        first(machine), try #require(call.number(on: machine)), arguments, on: machine)
    }
    let own = UInt64(Self.process)
    #expect(try run(.clone, 0x3D0F00) == Self.allow)
    #expect(try run(.clone, 17) == Self.kill)
    #expect(try run(.clone, 0x4000_0000 | 17) == Self.kill)
    #expect(try run(.clone3, 0) == Self.fail(ENOSYS))
    #expect(try run(.kill, own, 9) == Self.allow)
    #expect(try run(.kill, own + 1, 9) == Self.kill)
    #expect(try run(.kill, UInt64(bitPattern: -1), 9) == Self.kill)
    #expect(try run(.tgkill, own, 1, 6) == Self.allow)
    #expect(try run(.tgkill, 1, 1, 6) == Self.kill)
    #expect(try run(.mmap, 0, 4096, 3) == Self.allow)
    #expect(try run(.mmap, 0, 4096, 5) == Self.allow)
    #expect(try run(.mmap, 0, 4096, 7) == Self.fail(EACCES))
    #expect(try run(.mprotect, 0, 4096, 6) == Self.fail(EACCES))
    #expect(try run(.prlimit64, 0, 9, 0, 0x7000_0000_0000) == Self.allow)
    #expect(try run(.prlimit64, 0, 9, 0x1) == Self.fail(EPERM))
    #expect(try run(.prlimit64, 0, 9, 0x7000_0000_0000) == Self.fail(EPERM))
    #expect(try run(.sendto, 3, 0, 0, 0, 0) == Self.allow)
    #expect(try run(.sendto, 3, 0, 0, 0, 0x7000_0000_0000) == Self.kill)
    #expect(try run(.fcntl, 3, 8, 1) == Self.fail(EPERM))
    #expect(try run(.fcntl, 3, UInt64(F_GETFL)) == Self.allow)
    #expect(try run(.ioctl, 1, 0x5412) == Self.fail(ENOTTY))
    #expect(try run(.prctl, 15) == Self.allow)
    #expect(try run(.prctl, 4, 1) == Self.fail(EPERM))
    #expect(try run(.tkill, own, 9) == Self.kill)
  }

  @Test(arguments: SeccompMachine.allCases)
  func `after loading nothing becomes executable, and no filter is added`(
    machine: SeccompMachine
  ) throws {
    let program = SeccompRules.afterLoading(on: machine)
    for call in [SystemCall.mmap, .mprotect, .pkeyMprotect] {
      let number = try #require(call.number(on: machine))
      for protection in UInt64(0)..<8 {
        let expected = protection & 4 == 0 ? Self.allow : Self.fail(EACCES)
        #expect(verdict(program, number, [0, 4096, protection], on: machine) == expected)
      }
    }
    let seccomp = try #require(SystemCall.seccomp.number(on: machine))
    #expect(verdict(program, seccomp, on: machine) == Self.kill)
    #expect(verdict(program, 0, on: machine) == Self.allow)
  }

  @Test func `no call stands in two lists, and no number twice`() {
    let calls = SystemCall.harmless + SystemCall.hostile + SystemCall.withArguments
    #expect(Set(calls.map(\.name)).count == calls.count)
    for machine in SeccompMachine.allCases {
      let numbers = calls.compactMap { $0.number(on: machine) }
      #expect(Set(numbers).count == numbers.count)
    }
  }

  private static let headers = [
    (SeccompMachine.x86, "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    (.arm64, "/usr/include/asm-generic/unistd.h"),
  ]

  @Test(
    .enabled(
      if: headers.allSatisfy { FileManager.default.fileExists(atPath: $0.1) },
      "the kernel's headers are not installed (linux-libc-dev)"))
  func `the numbers are those of the kernel's headers`() throws {
    for (machine, path) in Self.headers {
      let text = try String(contentsOfFile: path, encoding: .utf8)
      var numbers: [String: UInt32] = [:]
      for match in text.matches(of: #/#define __NR(?:3264)?_(\w+)\s+(\d+)/#) {
        numbers[String(match.1)] = UInt32(match.2)
      }
      var compared = 0
      for call in SystemCall.harmless + SystemCall.hostile + SystemCall.withArguments {
        // The generic header has one call under its older name.
        let name = machine == .arm64 && call.name == "newfstatat" ? "fstatat" : call.name
        guard let expected = numbers[name] else { continue }
        #expect(call.number(on: machine) == expected, "\(call.name)")
        compared += 1
      }
      #expect(compared > 150)
    }
  }
}

extension SystemCall {
  static let withArguments: [SystemCall] = [
    .mmap, .mprotect, .pkeyMprotect, .clone, .clone3, .prctl, .prlimit64, .getrlimit, .fcntl,
    .ioctl, .tgkill, .kill, .tkill, .rtSigqueueinfo, .rtTgsigqueueinfo, .sendto, .recvfrom,
    .shutdown, .seccomp,
  ]
}

/// Runs a filter as the kernel does; nil for an instruction that it does not know or a jump out of the program.
private enum SeccompInterpreter {
  static func run(
    _ program: [sandbox_instruction], number: UInt32, machine: UInt32, arguments: [UInt64]
  ) -> UInt32? {
    var data = [number, machine, 0, 0]
    for argument in arguments {
      data += [UInt32(truncatingIfNeeded: argument), UInt32(truncatingIfNeeded: argument >> 32)]
    }
    var accumulator: UInt32 = 0
    var at = 0
    while program.indices.contains(at) {
      let instruction = program[at]
      at += 1
      let value = instruction.value
      switch instruction.code {
      case 0x20:
        guard value % 4 == 0, data.indices.contains(Int(value / 4)) else { return nil }
        accumulator = data[Int(value / 4)]
      case 0x54: accumulator &= value
      case 0x15: at += Int(accumulator == value ? instruction.if_true : instruction.if_false)
      case 0x35: at += Int(accumulator >= value ? instruction.if_true : instruction.if_false)
      case 0x45: at += Int(accumulator & value != 0 ? instruction.if_true : instruction.if_false)
      case 0x06: return value
      default: return nil
      }
    }
    return nil
  }
}
