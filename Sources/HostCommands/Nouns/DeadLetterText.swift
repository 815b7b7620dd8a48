internal import Workspace

/// Letters as they are printed.
enum DeadLetterText {
  static func table(_ found: [LastLetters.Entry]) -> Table {
    let isLines = found.contains { $0.letter.form == .line }
    let someWait = found.contains { $0.state == .waitingForRedrive }
    return Table(
      columns: [
        .init("letter"), .init("buried"), .init(isLines ? "line" : "attempts", isNumber: true),
        .init("code", isNumber: true),
      ] + (someWait ? [.init("state")] : []) + [
        .init("reason"), .init("detail", isFlexible: true),
      ],
      rows: found.map { found in
        let letter = found.letter
        return [
          .init(letter.id), .init(time(letter.buriedUnixNanoseconds)),
          .init("\(isLines ? Int(clamping: letter.line) : Int(letter.attempts))"),
          .init(letter.remoteCode == 0 ? "" : "\(letter.remoteCode)"),
        ] + (someWait ? [.init(text(found.state))] : []) + [
          .init(letter.reason), .init(letter.detail),
        ]
      })
  }

  private static func text(_ state: BoxedLetters.State) -> String {
    switch state {
    case .dead: "dead"
    case .waitingForRedrive: "waiting for redrive"
    }
  }

  /// - Parameter shown: what may be shown of the event; nil: nothing may.
  static func details(
    _ letter: DeadLetter, _ state: BoxedLetters.State, _ shown: [UInt8]?
  ) -> Table {
    var pairs: [(name: String, value: Table.Cell)] = [
      ("letter", .init(letter.id)), ("state", .init(text(state))), ("reason", .init(letter.reason)),
      ("detail", .init(letter.detail)), ("received", .init(time(letter.receivedUnixNanoseconds))),
      ("buried", .init(time(letter.buriedUnixNanoseconds))),
    ]
    if letter.form == .line {
      pairs.append(("line", .init("\(letter.line)")))
    } else {
      pairs.append(("attempts", .init("\(letter.attempts)")))
      for attempt in letter.history {
        pairs.append(("", .init("\(time(attempt.unixNanoseconds)) \(code(attempt))")))
      }
      pairs.append(("fields", .init(letter.form == .sealed ? "as they are sent" : "as accepted")))
    }
    pairs.append(("bytes", .init("\(letter.event.count)")))
    pairs.append(("event", .init(shown.map { String(decoding: $0, as: UTF8.self) } ?? hidden)))
    return Table.pairs(pairs)
  }

  private static let hidden = "(not shown: it is no event whose values could be masked; see --raw)"

  private static func code(_ attempt: DeadLetter.Attempt) -> String {
    attempt.remoteCode == 0 ? "no answer" : "remote code \(attempt.remoteCode)"
  }

  static func json(_ letter: DeadLetter, _ state: BoxedLetters.State) -> JSONText {
    .object(members(letter, state))
  }

  static func json(
    _ letter: DeadLetter, _ state: BoxedLetters.State, _ shown: [UInt8]?
  ) -> JSONText {
    let string = shown.map { String(decoding: $0, as: UTF8.self) }
    var all = members(letter, state)
    if letter.form == .line {
      all.append(("line_text", .optional(string)))
    } else {
      all.append(("event", string.map { JSONText.verbatim($0) } ?? .null))
    }
    return .object(all)
  }

  private static func members(
    _ letter: DeadLetter, _ state: BoxedLetters.State
  ) -> [(String, JSONText)] {
    [
      ("letter", .string(letter.id)), ("state", .string(state.rawValue)),
      ("reason", .string(letter.reason)),
      ("detail", .string(letter.detail)),
      ("received", .string(time(letter.receivedUnixNanoseconds))),
      ("buried", .string(time(letter.buriedUnixNanoseconds))),
      ("form", .string(form(letter.form))), ("line", .integer(Int(clamping: letter.line))),
      ("attempts", .integer(Int(letter.attempts))),
      (
        "history",
        .array(
          letter.history.map {
            .object([
              ("time", .string(time($0.unixNanoseconds))),
              ("remote_code", .integer(Int($0.remoteCode))),
            ])
          })
      ),
    ]
  }

  private static func form(_ form: DeadLetter.Form) -> String {
    switch form {
    case .accepted: "accepted"
    case .sealed: "sealed"
    case .line: "line"
    }
  }

  static func time(_ nanoseconds: Int64) -> String {
    Calendar.timestamp(secondsSince1970: Int(max(0, nanoseconds) / 1_000_000_000))
  }
}
