internal import AdapterLoading
internal import Foundation

/// The states of an instance, in every order that a host may go through them.
enum LifecycleTests {
  static let all: [ValidatorTest] = [
    .loaded("lifecycle.create", "create makes an instance, and destroy takes it away.") { subject in
      try subject.create()
      try subject.run(.destroy)
      return .pass
    },
    .loaded("lifecycle.configure", "After configure, destroy may follow at once.") { subject in
      try subject.create()
      try subject.run(subject.configuring)
      try subject.run(.destroy)
      return .pass
    },
    .loaded("lifecycle.start", "It starts with settings that suit its schema, and stops.") {
      subject in
      do {
        try subject.begin()
      } catch let verdict as Verdict where verdict.outcome == .skip {
        return .fail(verdict.seen, mend: verdict.mend)
      }
      try subject.end()
      return .pass
    },
    .started(
      "lifecycle.again", "After stop, configure and start may follow again, and it delivers."
    ) {
      subject in
      for _ in 0..<3 {
        try subject.deliver(TrialBatch(try subject.events(2)))
        try subject.run(.stop(deadline: 5000))
        try subject.configureAndStart()
      }
      try subject.deliver(TrialBatch(try subject.events(2)))
      try subject.end()
      return .pass
    },
    .started("lifecycle.flush", "flush with nothing to do is OK at once, also after a delivery.") {
      subject in
      for turn in 0..<2 {
        let answer = try subject.run(.flush(deadline: 5000))
        guard answer.status == 0 else {
          return .fail(
            "flush failed (\(answer.status)): \(answer.problem)",
            mend: "Return DESTINATION_OK where nothing has to be made durable.")
        }
        if turn == 0 { try subject.deliver(TrialBatch(try subject.events(3))) }
      }
      try subject.end()
      return .pass
    },
    .started("lifecycle.cancel-idle", "cancel of a token that does not run is ignored.") {
      subject in
      for token in [UInt64(0), 1, 77, .max] { try subject.run(.cancel(token: token)) }
      try subject.deliver(TrialBatch(try subject.events(2)))
      try subject.end()
      return .pass
    },
    .loaded("lifecycle.two", "A process may hold two instances, one ending before the other.") {
      subject in
      try subject.create(0)
      try subject.create(1)
      try subject.configureAndStart(0)
      // Both have the same settings: a destination may refuse to be opened twice, and says so.
      let second = try [subject.configuring, .start].allSatisfy {
        try subject.run($0, instance: 1).status == 0
      }
      try subject.deliver(TrialBatch(try subject.events(2)))
      if second { try subject.run(.stop(deadline: 5000), instance: 1) }
      try subject.run(.destroy, instance: 1)
      try subject.deliver(TrialBatch(try subject.events(2)))
      try subject.end(0)
      return .pass
    },
    .started(
      "lifecycle.killed",
      "What was reported as delivered to a file is in the file, though the process ends without stop.",
      killed),
  ]

  private static func killed(_ subject: Subject) throws -> Verdict {
    let events = try subject.events(5)
    let answer = try subject.deliver(TrialBatch(events))
    subject.trial.kill()
    let written = subject.written
    guard !written.isEmpty || subject.isToldWhereToWrite else {
      return .skip("it writes to no file that can be seen here.")
    }
    for (event, result) in zip(events, answer.results) where result.outcome == 1 {
      guard written.contains(Array(event.id.utf8)) else {
        return .fail(
          "an event that was reported as DELIVERED is not in its file after a kill.",
          mend:
            "Say DELIVERED after the write, not before; what flush makes durable later is not delivered yet."
        )
      }
    }
    return .pass
  }
}

extension [UInt8] {
  /// Whether the bytes stand in it somewhere.
  func contains(_ part: [UInt8]) -> Bool { Data(self).range(of: Data(part)) != nil }
}
