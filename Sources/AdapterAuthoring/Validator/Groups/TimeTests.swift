internal import AdapterLoading

/// Deadlines, and calls that are called off.
enum TimeTests {
  static let all: [ValidatorTest] = [
    .started("time.deadline", "deliver is back by its deadline, whatever the destination does.") {
      subject in
      subject.peer.play([.silent])
      var batch = TrialBatch(try subject.events(3))
      batch.deadline = 300
      let answer = try subject.deliver(batch, within: .milliseconds(2300))
      try subject.end()
      return answer.milliseconds < 1000
        ? .pass
        : .warn(
          "deliver took \(Int(answer.milliseconds)) ms, its deadline was 300 ms.",
          mend: "Look at deadline_mono_ns before each thing that takes time.")
    },
    .started("time.passed", "A batch whose deadline is nearly over has an outcome for each event.")
    {
      subject in
      var batch = TrialBatch(try subject.events(50))
      batch.deadline = 1
      try subject.deliver(batch, within: .milliseconds(2500))
      try subject.end()
      return .pass
    },
    .started(
      "time.cancel", "A call that is called off comes back soon, and no event is REJECTED for it.",
      cancel),
    .started("time.after-cancel", "After a call that was called off, the next one works.") {
      subject in
      subject.peer.play([.calledOff, .status(200)])
      try subject.deliver(TrialBatch(try subject.events(2)), within: .seconds(3))
      try subject.deliver(TrialBatch(try subject.events(2)))
      try subject.end()
      return .pass
    },
    .started("time.stop", "stop is back within its deadline.") { subject in
      subject.peer.play([.silent])
      try subject.run(.stop(deadline: 500), within: .seconds(3))
      try subject.run(.destroy)
      return .pass
    },
  ]

  private static func cancel(_ subject: Subject) throws -> Verdict {
    subject.peer.play([.calledOff])
    var batch = TrialBatch(try subject.events(4))
    batch.deadline = 20_000
    let answer = try subject.deliver(batch, within: .seconds(3))
    try subject.end()
    let wrong = answer.results.first { $0.word == "REJECTED" || $0.word == "AUTH" }
    return wrong.map {
      .fail(
        "an event of the cancelled call is \($0.word).",
        mend: "Write RETRY for what is not known when the call is called off.")
    } ?? .pass
  }
}
