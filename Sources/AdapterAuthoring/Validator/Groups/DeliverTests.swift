internal import AdapterLoading
internal import Foundation

/// Batches of every size and shape that a host may hand over.
enum DeliverTests {
  static let all: [ValidatorTest] = [
    .started("deliver.none", "A batch without events is nothing to do.") { subject in
      try subject.deliver(TrialBatch([]))
      try subject.end()
      return .pass
    },
    .started("deliver.one", "An outcome for one event, and it is DELIVERED.", one),
    .started("deliver.kinds", "Every kind of event that the descriptor names is taken.", kinds),
    .started("deliver.most", "A batch of max_batch_events has an outcome for each.") { subject in
      let most = try subject.description.maximumBatchEvents
      try subject.deliver(TrialBatch(try subject.events(min(most, 10_000))))
      try subject.end()
      return .pass
    },
    strides(8), strides(32), strides(64),
    .started("deliver.later-host", "A batch struct that is larger than it knows is taken.") {
      subject in
      var batch = TrialBatch(try subject.events(3))
      batch.batchExtra = 64
      try subject.deliver(batch)
      try subject.end()
      return .pass
    },
    .started("deliver.read-only", "It writes into no event.") { subject in
      try deliver(in: .readOnly, subject)
    },
    .started(
      "deliver.guard-pages", "It reads nothing behind the end of an event, an id or the NDJSON."
    ) {
      subject in
      try deliver(in: .guarded, subject)
    },
    .started(
      "deliver.not-terminated", "It uses the lengths: no payload ends with a NUL.", notTerminated),
    .started("deliver.attempts", "An event that comes again is taken like any other.") { subject in
      let type = try subject.events(1)[0].type
      let again = [2, 7, UInt32.max].map {
        SampleEvents.event(type, id: "again-\($0)", attempt: $0)
      }
      try subject.deliver(
        TrialBatch(Array(again.prefix(try subject.description.maximumBatchEvents))))
      try subject.end()
      return .pass
    },
    .started("deliver.surrogates", "A lone surrogate in a string does no harm.") { subject in
      try shaped(subject, #""\ud83d and \udca9 and \u0000""#)
    },
    .started("deliver.numbers", "Numbers of any size and form do no harm.") { subject in
      try shaped(subject, "[1e400,-0.0,123456789012345678901234567890,1E-7,120.50]")
    },
    .started("deliver.nested", "Deeply nested values do no harm.") { subject in
      try shaped(
        subject, String(repeating: "[", count: 500) + String(repeating: "]", count: 500))
    },
    .started("deliver.large", "An event of 16 MB has an outcome.", large),
    .started(
      "deliver.sealed", "Encrypted values pass unmodified, wherever they pass at all.", sealed),
    .started("deliver.canary", "No log line and no detail holds a value of an event.", canary),
  ]

  private static func one(_ subject: Subject) throws -> Verdict {
    let answer = try subject.deliver(TrialBatch(try subject.events(1)))
    try subject.end()
    let result = answer.results[0]
    if result.outcome == 1 { return .pass }
    return .warn(
      "the outcome is \(result.word)\(result.detail.map { ": \($0)" } ?? "").",
      mend:
        "If the destination's server has to answer more than 200 and {}, this is as it should be.")
  }

  private static func kinds(_ subject: Subject) throws -> Verdict {
    let served = try subject.description.servedTypes
    for kind in SampleEvents.kinds where served >> kind.type & 1 == 1 {
      let answer = try subject.deliver(
        TrialBatch([SampleEvents.event(kind.type, id: "kind-\(kind.name)")]))
      if answer.results[0].outcome == 3 {
        return .warn(
          "an event of kind \(kind.name) is REJECTED: \(answer.results[0].detail ?? "no detail").",
          mend: "Take \(kind.name) out of event_types, so that the host does not send it.")
      }
    }
    try subject.end()
    return .pass
  }

  private static func strides(_ extra: Int) -> ValidatorTest {
    .started(
      "deliver.stride-\(extra)",
      "Arrays are walked by their stride, which may be \(extra) bytes more."
    ) { subject in
      var batch = TrialBatch(try subject.events(7))
      batch.eventExtra = extra
      batch.resultExtra = extra
      batch.memory = .guarded
      let wide = try subject.deliver(batch).results.map(\.outcome)
      let plain = try subject.deliver(TrialBatch(batch.events)).results.map(\.outcome)
      try subject.end()
      return wide == plain
        ? .pass
        : .fail(
          "the outcomes are others than with plain arrays.",
          mend: "Walk events by event_stride and results by result_stride, never by sizeof.")
    }
  }

  private static func deliver(in memory: TrialBatch.Memory, _ subject: Subject) throws -> Verdict {
    var batch = TrialBatch(try subject.events(9))
    batch.memory = memory
    try subject.deliver(batch)
    try subject.end()
    return .pass
  }

  private static func notTerminated(_ subject: Subject) throws -> Verdict {
    try subject.deliver(TrialBatch(try subject.events(5)))
    try subject.end()
    return subject.output.contains(Array(TrialBatch.beyond.utf8))
      ? .fail(
        "bytes from behind the events went to the destination.",
        mend: "Copy length bytes; strlen and %s do not know where a span ends.") : .pass
  }

  private static func shaped(_ subject: Subject, _ value: String) throws -> Verdict {
    try subject.deliver(TrialBatch(try subject.events(2, more: [("value", value)])))
    try subject.end()
    return .pass
  }

  private static func large(_ subject: Subject) throws -> Verdict {
    let size = 16 << 20
    let most = try subject.description.maximumBatchBytes
    guard most == 0 || most > size + 1024 else {
      return .skip("max_batch_bytes is \(most): the host sends no such event.")
    }
    var events = try subject.events(1, more: [("note", "\"\(TrialBatch.Event.mark)\"")])
    events[0].padding = size
    try subject.deliver(TrialBatch(events), within: .seconds(40))
    try subject.end()
    return .pass
  }

  private static func sealed(_ subject: Subject) throws -> Verdict {
    let value = SampleEvents.sealed
    try subject.deliver(
      TrialBatch(try subject.events(6, more: [("email", "\"\(value)\""), ("plan", "\"basic\"")])))
    try subject.end()
    let output = subject.output
    guard !output.isEmpty else { return .skip("nothing that it lets out can be seen here.") }
    // JSON may write a slash as \/; it is the same string.
    let plain = Data(output).replacing(Data("\\/".utf8), with: Data("/".utf8))
    if Array(plain).contains(Array(value.utf8)) { return .pass }
    return Array(plain).contains(Array(value.utf8.prefix(48)))
      ? .fail(
        "an encrypted value of \(value.utf8.count) bytes left it changed or cut.",
        mend: "Pass strings on as they are; say max_string_length where the destination cuts them.")
      : .skip("it passes none of properties.email, traits.email on in the clear.")
  }

  private static func canary(_ subject: Subject) throws -> Verdict {
    let value = "\"\(subject.bench.canary)\""
    subject.peer.play([.echo(400), .echo(422), .echo(200), .echo(503)])
    let answer = try subject.deliver(
      TrialBatch(try subject.events(5, more: [("note", value)])))
    try subject.end()
    guard subject.leak(in: answer.results.compactMap(\.detail)) == nil else {
      return .fail(
        "a log line or a detail holds a value of an event.",
        mend: "Say the index, a status, the name of a field; never what an event holds.")
    }
    return .pass
  }
}

extension TrialAnswer.Result {
  /// The outcome, as the header calls it.
  var word: String {
    switch outcome {
    case 0: "UNSET"
    case 1: "DELIVERED"
    case 2: "RETRY"
    case 3: "REJECTED"
    case 4: "AUTH"
    case 5: "DUPLICATE"
    default: "\(outcome), which is none"
    }
  }
}
