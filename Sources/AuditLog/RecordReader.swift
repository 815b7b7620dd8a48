internal import Cryptography

/// Makes records of lines.
enum RecordReader {
  /// The record in a line without its line feed; nil when the line is not one, byte for byte.
  ///
  /// The hash is read, not computed: that is the chain's.
  static func record(_ line: [UInt8]) -> AuditRecord? {
    let bytes = unsafe line.span.bytes
    return RecordForm(bytes, line.indices).flatMap { record($0, bytes) }
  }

  /// The record whose form was found in the bytes; never nil for such a one.
  static func record(_ form: RecordForm, _ bytes: RawSpan) -> AuditRecord? {
    guard let previous = SHA256Digest(hex: bytes.text(form.previous)),
      let hash = SHA256Digest(hex: bytes.text(form.hash))
    else { return nil }
    return AuditRecord(
      sequence: form.sequence, timestamp: bytes.text(form.timestamp),
      workspaceID: text(bytes, form.workspaceID),
      entry: AuditEntry(
        actor: text(bytes, form.actor), type: form.type, endUserID: text(bytes, form.endUserID),
        outcome: form.outcome, requestID: text(bytes, form.requestID),
        object: text(bytes, form.object), before: digest(bytes, form.before),
        after: digest(bytes, form.after), changes: changes(bytes, form.changes)),
      previous: previous, hash: hash)
  }

  static func digest(_ bytes: RawSpan, _ range: Range<Int>) -> SHA256Digest? {
    SHA256Digest(hex: String(bytes.text(range).dropFirst("sha256:".utf8.count)))
  }

  private static func changes(_ bytes: RawSpan, _ range: Range<Int>) -> [AuditChange] {
    var changes: [AuditChange] = []
    _ = AuditChange.list(bytes, range) { setting, old, new in
      changes.append(
        AuditChange(
          setting: innerText(bytes, setting), old: innerText(bytes, old),
          new: innerText(bytes, new)))
    }
    return changes
  }

  static func text(_ bytes: RawSpan, _ range: Range<Int>) -> String {
    text(bytes.bytes(range)[...])
  }

  /// A string of the list of changes is escaped twice.
  private static func innerText(_ bytes: RawSpan, _ range: Range<Int>) -> String {
    text(Array(text(bytes, range).utf8)[...])
  }

  /// The text of which the scanner found the canonical spelling.
  private static func text(_ escaped: ArraySlice<UInt8>) -> String {
    guard escaped.contains(0x5C) else { return String(decoding: escaped, as: UTF8.self) }
    var units: [UInt16] = []
    var rest = escaped
    while let byte = rest.popFirst() {
      guard byte == 0x5C, let next = rest.popFirst() else {
        units.append(UInt16(byte))
        continue
      }
      guard next == 0x75 else {
        units.append(UInt16(next))
        continue
      }
      units.append(
        rest.prefix(4).reduce(0) { $0 << 4 | UInt16(CanonicalScanner.hexadecimal($1) ?? 0) })
      rest = rest.dropFirst(4)
    }
    return String(decoding: units, as: UTF16.self)
  }
}

// MARK: - The list of changes

extension AuditChange {
  /// Whether a record's `changes` are such a list, in its one form.
  static func isList(_ bytes: RawSpan, _ range: Range<Int>) -> Bool {
    list(bytes, range) { _, _, _ in }
  }

  /// Walks the list that stands, escaped, in a record's `changes`; false when it is not in its one form.
  ///
  /// The body gets where setting, old and new stand in the bytes, escaped once as strings of the list and once more.
  static func list(
    _ bytes: RawSpan, _ range: Range<Int>,
    _ body: (_ setting: Range<Int>, _ old: Range<Int>, _ new: Range<Int>) -> Void
  ) -> Bool {
    if unsafe bytes.equal(range, Key.none.span.bytes) { return true }
    var scanner = CanonicalScanner(range)
    guard scanner.literal(Key.first, bytes) else { return false }
    repeat {
      guard let setting = scanner.innerString(bytes), scanner.literal(Key.old, bytes),
        let old = scanner.innerString(bytes), scanner.literal(Key.new, bytes),
        let new = scanner.innerString(bytes)
      else { return false }
      body(setting, old, new)
    } while scanner.literal(Key.next, bytes)
    return scanner.literal(Key.end, bytes) && scanner.isAtEnd
  }

  private enum Key {
    static let none = Array(#"[]"#.utf8)
    static let first = Array(#"[{\"setting\":"#.utf8)
    static let old = Array(#",\"old\":"#.utf8)
    static let new = Array(#",\"new\":"#.utf8)
    static let next = Array(#"},{\"setting\":"#.utf8)
    static let end = Array(#"}]"#.utf8)
  }
}

extension CanonicalScanner {
  /// A string within a string, between `\"` and `\"`: what it escapes has its backslash doubled.
  ///
  /// So `\\\"` is a quote in it, `\\\\` a backslash, `\\uXXXX` any other character.
  fileprivate mutating func innerString(_ bytes: RawSpan) -> Range<Int>? {
    guard literal(Inner.quote, bytes) else { return nil }
    let start = offset
    while true {
      skipPlain(bytes)
      let end = offset
      if literal(Inner.quote, bytes) { return start..<end }
      guard
        literal(Inner.escapedQuote, bytes) || literal(Inner.escapedBackslash, bytes)
          || escapedCharacter(bytes, prefix: 2)
      else { return nil }
    }
  }

  private enum Inner {
    static let quote = Array(#"\""#.utf8)
    static let escapedQuote = Array(#"\\\""#.utf8)
    static let escapedBackslash = Array(#"\\\\"#.utf8)
  }
}
