internal import AdapterLoading
internal import Foundation

/// What becomes of events when the destination's server answers this or that; a scripted peer stands for it.
enum RemoteTests {
  static let all: [ValidatorTest] = [
    answer("200", .status(200), ["DELIVERED", "DUPLICATE"]),
    answer("202", .status(202), ["DELIVERED", "DUPLICATE"]),
    answer("400", .status(400), ["REJECTED"], tolerated: ["AUTH"]),
    answer("401", .status(401), ["AUTH"]),
    answer("403", .status(403), ["AUTH"], tolerated: ["REJECTED"]),
    answer("404", .status(404), ["REJECTED"], tolerated: ["RETRY", "AUTH"]),
    answer("409", .status(409), ["DUPLICATE", "DELIVERED", "REJECTED"], tolerated: ["RETRY"]),
    answer("413", .status(413), ["REJECTED"]),
    answer("429", .status(429), ["RETRY"]),
    answer("500", .status(500), ["RETRY"]),
    answer("503", .status(503), ["RETRY"]),
    answer("slow", .slow(.milliseconds(300)), ["DELIVERED", "DUPLICATE"], isAboutHTTP: false),
    answer("reset", .reset, ["RETRY"], isAboutHTTP: false),
    answer("refused", .refused, ["AUTH", "RETRY"], isAboutHTTP: false),
    answer(
      "redirect",
      .status(302, headers: ["location": "https://elsewhere.example.net/"], body: ""),
      ["RETRY", "REJECTED", "AUTH"]),
    .started(
      "remote.silent", "A server that never answers costs a retry, by the deadline.", silent),
    retryAfter(
      "seconds", "Retry-After in seconds is heeded: not before, and for the whole destination."
    ) {
      "7"
    },
    retryAfter("date", "Retry-After as a date is heeded.") {
      date(.now.addingTimeInterval(7))
    },
    .started(
      "remote.half", "Of a request that is refused for one event, the others are delivered.", half),
    .started("remote.noise", "An answer that is no JSON, or a megabyte long, does no harm.", noise),
    .started(
      "remote.canary", "What a server sends back of an event is in no log line and no detail.",
      canary),
  ]

  /// One event and that answer; anything else than the outcomes named is a failure.
  private static func answer(
    _ name: String, _ answer: PeerAnswer, _ right: [String], tolerated: [String] = [],
    isAboutHTTP: Bool = true
  ) -> ValidatorTest {
    .started(
      "remote.\(name)",
      "The server \(answer.words): the event is \(right.joined(separator: " or "))."
    ) { subject in
      try asks(subject, forHTTP: isAboutHTTP)
      subject.peer.play([answer])
      let result = try deliverOne(subject)
      try subject.end()
      if right.contains(result.word) { return .pass }
      let seen = "the outcome is \(result.word)\(result.detail.map { ": \($0)" } ?? "")."
      let mend = "Write \(right[0]): see the table of outcomes in the integrators' guide."
      return tolerated.contains(result.word) ? .warn(seen, mend: mend) : .fail(seen, mend: mend)
    }
  }

  private static func retryAfter(
    _ name: String, _ expected: String, _ value: @escaping @Sendable () -> String
  ) -> ValidatorTest {
    .started("remote.retry-after-\(name)", expected) { subject in
      try asks(subject)
      subject.peer.play([.status(429, headers: ["retry-after": value()])])
      let result = try deliverOne(subject)
      try subject.end()
      guard result.word == "RETRY" else {
        return .fail("the outcome is \(result.word).", mend: "Write RETRY.")
      }
      guard (4000...8000).contains(result.retryAfterMilliseconds) else {
        return .warn(
          "retry_after_ms is \(result.retryAfterMilliseconds), the server asked for 7 seconds.",
          mend: "Read Retry-After, in seconds and as a date (RFC 9110, 10.2.3).")
      }
      return result.flags & 1 == 1
        ? .pass
        : .warn(
          "the delay holds for the one event only.",
          mend: "Set DESTINATION_WHOLE_DESTINATION: a limit is the destination's.")
    }
  }

  // MARK: - Tests

  private static func silent(_ subject: Subject) throws -> Verdict {
    try asks(subject, forHTTP: false)
    subject.peer.play([.silent])
    var batch = TrialBatch(try subject.events(2))
    batch.deadline = 400
    let answer = try subject.deliver(batch, within: .milliseconds(2500))
    try subject.end()
    return answer.results.allSatisfy { $0.word == "RETRY" }
      ? .pass
      : .fail(
        "an outcome is \(answer.results.map(\.word).first { $0 != "RETRY" } ?? "").",
        mend: "Write RETRY for what is not known by the deadline.")
  }

  private static func half(_ subject: Subject) throws -> Verdict {
    try asks(subject)
    guard try subject.description.maximumBatchEvents > 1 else {
      return .skip("it takes one event at a time.")
    }
    subject.peer.play([.status(400), .status(200)])
    let answer = try subject.deliver(TrialBatch(try subject.events(4)))
    try subject.end()
    if answer.results.contains(where: { $0.word == "DELIVERED" }) { return .pass }
    return .warn(
      "all events are \(answer.results[0].word) after one answer of 400.",
      mend: "Send the halves, until the event that the destination does not take is found.")
  }

  private static func noise(_ subject: Subject) throws -> Verdict {
    try asks(subject)
    for body in ["", "\u{0}\u{1}nonsense", String(repeating: "x", count: 1 << 20), "[[[[", "null"] {
      for status in [200, 400, 500] {
        subject.peer.play([.status(status, headers: ["retry-after": "soon"], body: body)])
        try deliverOne(subject)
      }
    }
    try subject.end()
    return .pass
  }

  private static func canary(_ subject: Subject) throws -> Verdict {
    try asks(subject)
    var details: [String] = []
    for status in [200, 400, 401, 409, 422, 429, 500] {
      subject.peer.play([.echo(status)])
      let events = try subject.events(2, more: [("note", "\"\(subject.bench.canary)\"")])
      details += try subject.deliver(TrialBatch(events)).results.compactMap(\.detail)
    }
    try subject.end()
    return subject.leak(in: details) == nil
      ? .pass
      : .fail(
        "a log line or a detail holds a value of an event that the server sent back.",
        mend: "Say the status and a code of the server's; never the body of its answer.")
  }

  // MARK: - Parts

  @discardableResult
  private static func deliverOne(_ subject: Subject) throws -> TrialAnswer.Result {
    try subject.deliver(TrialBatch(try subject.events(1))).results[0]
  }

  private static func asks(_ subject: Subject, forHTTP: Bool = true) throws {
    guard subject.asksForHTTP || !forHTTP && subject.asksForConnections else {
      throw Verdict.skip(
        forHTTP
          ? "it asks for no HTTP: permissions.http is empty."
          : "it asks for no HTTP and no connections: permissions.http and permissions.network are empty."
      )
    }
  }

  /// As HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT`.
  private static func date(_ date: Date) -> String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(identifier: "GMT")
    formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    return formatter.string(from: date)
  }
}

extension PeerAnswer {
  /// What the peer does, for the sentence of a test.
  fileprivate var words: String {
    switch self {
    case .status(let status, _, _): "answers \(status)"
    case .slow: "answers 200 after a while"
    case .reset: "breaks the connection"
    case .silent: "never answers"
    case .echo(let status): "answers \(status) with the request's body"
    case .calledOff: "has the call called off"
    case .refused: "is not allowed by the operator"
    }
  }
}
