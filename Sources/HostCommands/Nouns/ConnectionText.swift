internal import AdapterLoading

/// How the uses of an adapter's connections are shown.
enum ConnectionText {
  /// One use: what was asked, what came of it, and the bytes as `shown` gives them.
  static func lines(_ use: ConnectionUse, _ shown: (ArraySlice<UInt8>) -> String) -> [String] {
    let head = "\(verb(use.wish)) \(use.connection.map(String.init) ?? "-")"
    let time = "in \(Int(use.duration / .milliseconds(1))) ms"
    let what = asked(use.wish, shown).map { "\($0): " } ?? ""
    let line = head.padded(to: 10) + "\(what)\(outcome(use.answer)), \(time)"
    return [line] + indented(bytes(use).map(shown) ?? "")
  }

  static func json(_ use: ConnectionUse, _ shown: (ArraySlice<UInt8>) -> String) -> JSONText {
    var members: [(String, JSONText)] = [
      ("connection", use.connection.map { .integer(Int($0)) } ?? .null),
      ("call", .string(use.wish.isOpening ? "open" : verb(use.wish))),
    ]
    if use.wish.isOpening { members.append(("target", .optional(asked(use.wish, shown)))) }
    if let bytes = bytes(use) {
      members += [("bytes", .string(shown(bytes))), ("byte_count", .integer(bytes.count))]
    }
    return .object(
      members + [
        ("outcome", .string(outcome(use.answer))),
        ("milliseconds", .integer(Int(use.duration / .milliseconds(1)))),
      ])
  }

  private static func verb(_ wish: ConnectionCall.Wish) -> String {
    switch wish {
    case .open: "connect"
    case .write: "write"
    case .read: "read"
    case .close: "close"
    }
  }

  private static func asked(
    _ wish: ConnectionCall.Wish, _ shown: (ArraySlice<UInt8>) -> String
  ) -> String? {
    switch wish {
    case .open(let host, let port, let isSecure):
      "\(Printable.text(shown(Array(host.utf8)[...]))):\(port), \(isSecure ? "TLS" : "without TLS")"
    case .write(_, let bytes): Count.of(bytes.count, "byte")
    case .read, .close: nil
    }
  }

  private static func outcome(_ answer: ConnectionAnswer) -> String {
    switch answer {
    case .opened: "connected"
    case .done: "done"
    case .bytes(let bytes):
      bytes.isEmpty ? "the other side has hung up" : Count.of(bytes.count, "byte")
    case .failure(let failure, let text): "\(failure): \(text)"
    }
  }

  /// What was written or read; nil where the use is neither.
  private static func bytes(_ use: ConnectionUse) -> ArraySlice<UInt8>? {
    if case .write(_, let bytes) = use.wish { return bytes }
    if case .bytes(let bytes) = use.answer { return bytes[...] }
    return nil
  }

  /// Text below a line's first word.
  static func indented(_ text: String) -> [String] {
    text.isEmpty
      ? []
      : text.split(separator: "\n", omittingEmptySubsequences: false)
        .map { "          \(Printable.text(String($0)))" }
  }
}

extension ConnectionCall.Wish {
  fileprivate var isOpening: Bool { if case .open = self { true } else { false } }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(1, width - count))
  }
}
