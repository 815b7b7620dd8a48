internal import Cryptography

/// Makes records of lines.
enum RecordReader {
  /// The record in a line without its line feed; nil when the line is not one, byte for byte.
  ///
  /// The hash is read, not computed: that is the chain's.
  static func record(_ line: [UInt8]) -> AuditRecord? {
    RecordForm(line, line.indices).flatMap { record($0, line) }
  }

  /// The record whose form was found in the bytes; never nil for such a one.
  static func record(_ form: RecordForm, _ bytes: [UInt8]) -> AuditRecord? {
    var changes: [AuditChange] = []
    let areChanges = AuditChange.list(in: bytes[form.changes]) { inner, setting, old, new in
      changes.append(
        AuditChange(
          setting: text(inner[setting]), old: text(inner[old]), new: text(inner[new])))
    }
    guard areChanges, let previous = SHA256Digest(hex: text(bytes[form.previous])),
      let hash = SHA256Digest(hex: text(bytes[form.hash]))
    else { return nil }
    return AuditRecord(
      sequence: form.sequence, timestamp: text(bytes[form.timestamp]),
      workspaceID: text(bytes[form.workspaceID]),
      entry: AuditEntry(
        actor: text(bytes[form.actor]), type: form.type, endUserID: text(bytes[form.endUserID]),
        outcome: form.outcome, requestID: text(bytes[form.requestID]),
        object: text(bytes[form.object]), before: digest(bytes[form.before]),
        after: digest(bytes[form.after]), changes: changes), previous: previous, hash: hash)
  }

  private static func digest(_ text: ArraySlice<UInt8>) -> SHA256Digest? {
    SHA256Digest(hex: String(decoding: text.dropFirst("sha256:".utf8.count), as: UTF8.self))
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
  static func isList(_ escaped: ArraySlice<UInt8>) -> Bool { list(in: escaped) { _, _, _, _ in } }

  /// Walks the list that stands, escaped, in a record's `changes`; false when it is not in its one form.
  ///
  /// The body gets the list's own bytes and where setting, old and new stand in them, still escaped.
  static func list(
    in escaped: ArraySlice<UInt8>,
    _ body: ([UInt8], _ setting: Range<Int>, _ old: Range<Int>, _ new: Range<Int>) -> Void
  ) -> Bool {
    guard !escaped.elementsEqual(Key.none) else { return true }
    guard let inner = unescaped(escaped) else { return false }
    var scanner = CanonicalScanner(inner, inner.indices)
    guard scanner.literal(Key.first) else { return false }
    repeat {
      guard let setting = scanner.string(), scanner.literal(Key.old), let old = scanner.string(),
        scanner.literal(Key.new), let new = scanner.string()
      else { return false }
      body(inner, setting, old, new)
    } while scanner.literal(Key.next)
    return scanner.literal(Key.end) && scanner.isAtEnd
  }

  /// The list is ASCII, so nothing in it is escaped but by a backslash.
  private static func unescaped(_ escaped: ArraySlice<UInt8>) -> [UInt8]? {
    var inner: [UInt8] = []
    inner.reserveCapacity(escaped.count)
    var isEscaped = false
    for byte in escaped {
      if isEscaped {
        guard byte != 0x75 else { return nil }
        inner.append(byte)
        isEscaped = false
      } else if byte == 0x5C {
        isEscaped = true
      } else {
        inner.append(byte)
      }
    }
    return inner
  }

  private enum Key {
    static let none = Array("[]".utf8)
    static let first = Array("[{\"setting\":".utf8)
    static let old = Array(",\"old\":".utf8)
    static let new = Array(",\"new\":".utf8)
    static let next = Array("},{\"setting\":".utf8)
    static let end = Array("}]".utf8)
  }
}
