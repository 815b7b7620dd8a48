internal import AdapterLoading
internal import Foundation

/// The calls in random orders, each one that a host may make; the seed says which.
enum OrderTests {
  static let all: [ValidatorTest] = [
    ValidatorTest(
      "order.random", "No order of calls that the contract allows does harm (see --seed)."
    ) { bench in
      var random = SeededRandom(seed: bench.options.seed)
      for round in 0..<4 {
        let subject = try bench.subject()
        try subject.load()
        var walk = Walk(subject)
        for step in 0..<60 {
          do {
            try walk.step(&random)
          } catch let verdict as Verdict where verdict.outcome.isBad {
            throw Verdict(
              outcome: verdict.outcome,
              seen: "round \(round), call \(step + 1), after \(walk.lastCalls): \(verdict.seen)",
              mend: verdict.mend)
          }
        }
      }
      return .pass
    }
  ]

  /// One instance's way through its states.
  private struct Walk {
    private enum State { case none, created, configured, running }

    private let subject: Subject
    private var state = State.none
    private var calls: [String] = []

    init(_ subject: Subject) { self.subject = subject }

    var lastCalls: String { calls.suffix(6).joined(separator: ", ") }

    mutating func step(_ random: inout SeededRandom) throws {
      let call = choices.randomElement(using: &random) ?? "create"
      calls.append(call)
      let ownThread = Bool.random(using: &random)
      switch call {
      case "create":
        try subject.create()
        state = .created
      case "configure": try configure(subject.settings.json, ownThread)
      case "configure badly": try configure(Array("[]".utf8), ownThread)
      case "start": try start(ownThread)
      case "deliver":
        var batch = TrialBatch(try subject.events(Int.random(in: 0...40, using: &random)))
        batch.memory = Bool.random(using: &random) ? .guarded : .readOnly
        batch.eventExtra = Int.random(in: 0...8, using: &random) * 8
        batch.resultExtra = Int.random(in: 0...8, using: &random) * 4
        try subject.deliver(batch, hasOwnThread: ownThread)
      case "flush": try subject.run(.flush(deadline: 5000), hasOwnThread: ownThread)
      case "cancel": try subject.run(.cancel(token: .random(in: 0...20, using: &random)))
      case "stop":
        try subject.run(.stop(deadline: 5000), hasOwnThread: ownThread)
        state = .created
      default:
        try subject.run(.destroy, hasOwnThread: ownThread)
        state = .none
      }
    }

    private var choices: [String] {
      switch state {
      case .none: ["create"]
      case .created: ["configure", "configure", "configure badly", "destroy"]
      case .configured: ["start", "start", "start", "destroy"]
      case .running: ["deliver", "deliver", "deliver", "flush", "cancel", "stop"]
      }
    }

    /// A configure that fails is followed by destroy alone.
    private mutating func configure(_ settings: [UInt8], _ ownThread: Bool) throws {
      let answer = try subject.run(
        .configure(settings: subject.document(settings), secrets: subject.secrets, later: 0),
        hasOwnThread: ownThread)
      if answer.status == 0 { state = .configured } else { try destroy() }
    }

    private mutating func start(_ ownThread: Bool) throws {
      let answer = try subject.run(.start, hasOwnThread: ownThread)
      if answer.status == 0 { state = .running } else { try destroy() }
    }

    private mutating func destroy() throws {
      calls.append("destroy")
      try subject.run(.destroy)
      state = .none
    }
  }
}

/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators"): the same seed, the same choices.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
