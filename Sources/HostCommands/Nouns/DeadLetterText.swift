internal import Workspace

/// Letters as they are printed.
enum DeadLetterText {
  static func table(_ letters: [DeadLetter]) -> Table {
    let isLines = letters.contains { $0.form == .line }
    return Table(
      columns: [
        .init("letter"), .init("buried"), .init(isLines ? "line" : "attempts", isNumber: true),
        .init("code", isNumber: true), .init("reason"), .init("detail", isFlexible: true),
      ],
      rows: letters.map { letter in
        [
          .init(letter.id), .init(time(letter.buriedUnixNanoseconds)),
          .init("\(isLines ? Int(letter.line) : Int(letter.attempts))"),
          .init(letter.remoteCode == 0 ? "" : "\(letter.remoteCode)"), .init(letter.reason),
          .init(letter.detail),
        ]
      })
  }

  /// - Parameter text: what may be shown of the event; nil: nothing may.
  static func details(_ letter: DeadLetter, _ text: [UInt8]?) -> Table {
    var pairs: [(name: String, value: Table.Cell)] = [
      ("letter", .init(letter.id)), ("reason", .init(letter.reason)),
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
    pairs.append(("event", .init(text.map { String(decoding: $0, as: UTF8.self) } ?? hidden)))
    return Table.pairs(pairs)
  }

  private static let hidden = "(not shown: it is no event whose values could be masked; see --raw)"

  private static func code(_ attempt: DeadLetter.Attempt) -> String {
    attempt.remoteCode == 0 ? "no answer" : "remote code \(attempt.remoteCode)"
  }

  static func json(_ letter: DeadLetter) -> JSONText { .object(members(letter)) }

  static func json(_ letter: DeadLetter, _ text: [UInt8]?) -> JSONText {
    let string = text.map { String(decoding: $0, as: UTF8.self) }
    var all = members(letter)
    if letter.form == .line {
      all.append(("line_text", .optional(string)))
    } else {
      all.append(("event", string.map { JSONText.verbatim($0) } ?? .null))
    }
    return .object(all)
  }

  private static func members(_ letter: DeadLetter) -> [(String, JSONText)] {
    [
      ("letter", .string(letter.id)), ("reason", .string(letter.reason)),
      ("detail", .string(letter.detail)),
      ("received", .string(time(letter.receivedUnixNanoseconds))),
      ("buried", .string(time(letter.buriedUnixNanoseconds))),
      ("form", .string(form(letter.form))), ("line", .integer(Int(letter.line))),
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
