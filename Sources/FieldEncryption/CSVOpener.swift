internal import Cryptography
internal import EventJSON

/// Opens the sealed cells of comma-separated values (RFC 4180), piece by piece; every other byte goes over as it was.
///
/// A sealed cell becomes its plaintext: a string as its text, any other value as its JSON text. The memory is the
/// longest cell's, up to the limit; a longer one passes unread.
struct CSVOpener: ~Copyable {
  private enum State { case start, plain, quoted, quoteInQuoted }

  private(set) var summary = DecryptionSummary()
  private var opener: FieldOpener
  private let fields: Set<String>?
  private let longestCell: Int
  private var state = State.start
  /// The present cell's bytes, with its quotes.
  private var cell: [UInt8] = []
  private var isTooLong = false
  private var column = 0
  /// By the first record, when only some columns are wanted.
  private var selectedColumns: Set<Int> = []
  private var text: [UInt8] = []

  init(
    keys: [RSAPrivateKey], fields: [String]?, longestCell: Int
  ) throws(CryptographyError) {
    let opener = try FieldOpener(keys: keys)
    self.opener = opener
    self.fields = fields.map { Set($0.map(KeyFolding.fold)) }
    self.longestCell = longestCell
  }

  /// Takes the next piece of the input.
  mutating func take(_ piece: RawSpan, appendingTo out: inout [UInt8]) {
    for index in 0..<piece.byteCount {
      let byte = piece.byte(index)
      if endsCell(byte) {
        endCell(&out)
        out.append(byte)
        if byte == UInt8(ascii: "\n") { endRecord() } else { column += 1 }
      } else {
        add(byte, &out)
      }
    }
  }

  /// The input has ended; its last record may lack a line end.
  mutating func finish(appendingTo out: inout [UInt8]) {
    guard !cell.isEmpty || column > 0 || isTooLong else { return }
    endCell(&out)
    endRecord()
  }

  private func endsCell(_ byte: UInt8) -> Bool {
    state != .quoted && (byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n"))
  }

  private mutating func add(_ byte: UInt8, _ out: inout [UInt8]) {
    let isQuote = byte == UInt8(ascii: "\"")
    switch state {
    case .start: state = isQuote ? .quoted : .plain
    case .quoted where isQuote: state = .quoteInQuoted
    case .quoteInQuoted: state = isQuote ? .quoted : .plain
    case .plain, .quoted: break
    }
    cell.append(byte)
    if cell.count > longestCell {
      isTooLong = true
      out.append(contentsOf: cell)
      cell.removeAll(keepingCapacity: true)
    }
  }

  private mutating func endRecord() {
    summary.lines += 1
    column = 0
  }

  private mutating func endCell(_ out: inout [UInt8]) {
    defer {
      cell.removeAll(keepingCapacity: true)
      state = .start
      isTooLong = false
    }
    if isTooLong {
      summary.tooLong += 1
      return out.append(contentsOf: cell)
    }
    let lineEnd = cell.last == UInt8(ascii: "\r") ? 1 : 0
    let end = cell.count - lineEnd
    if summary.lines == 0 { noteTitle(end) }
    if !isWanted || !opens(end, &out) { return out.append(contentsOf: cell) }
    if lineEnd == 1 { out.append(UInt8(ascii: "\r")) }
  }

  private var isWanted: Bool { fields == nil || selectedColumns.contains(column) }

  private mutating func noteTitle(_ end: Int) {
    guard let fields else { return }
    unquote(end)
    let title = KeyFolding.fold(String(decoding: text, as: UTF8.self))
    if fields.contains(title) { selectedColumns.insert(column) }
  }

  /// Appends the plaintext of a sealed cell; false when it is not sealed or does not open.
  private mutating func opens(_ end: Int, _ out: inout [UInt8]) -> Bool {
    guard end >= 40 else { return false }
    unquote(end)
    let content = text
    switch unsafe opener.openIfSealed(content.span.bytes) {
    case .notSealed: return false
    case .failed:
      summary.failed += 1
      return false
    case .opened(let json):
      summary.opened += 1
      append(CSVOpener.text(of: json), isQuoted: cell.first == UInt8(ascii: "\""), &out)
      return true
    }
  }

  /// Puts what the cell says into `text`.
  private mutating func unquote(_ end: Int) {
    text.removeAll(keepingCapacity: true)
    let quote = UInt8(ascii: "\"")
    guard end >= 2, cell[0] == quote, cell[end - 1] == quote else {
      return text.append(contentsOf: cell[..<end])
    }
    var index = 1
    while index < end - 1 {
      text.append(cell[index])
      index += cell[index] == quote && cell[index + 1] == quote ? 2 : 1
    }
  }

  /// A JSON string as its text, anything else as it is.
  private static func text(of json: [UInt8]) -> [UInt8] {
    guard json.count >= 2, json[0] == UInt8(ascii: "\"") else { return json }
    var text: [UInt8] = []
    let content = unsafe json.span.bytes.extracting(1..<json.count - 1)
    return JSONString.unescape(content, appendingTo: &text) ? text : json
  }

  private func append(_ text: [UInt8], isQuoted: Bool, _ out: inout [UInt8]) {
    let quote = UInt8(ascii: "\"")
    guard isQuoted || text.contains(where: { ",\"\r\n".utf8.contains($0) }) else {
      return out.append(contentsOf: text)
    }
    out.append(quote)
    for byte in text {
      if byte == quote { out.append(quote) }
      out.append(byte)
    }
    out.append(quote)
  }
}
