internal import Cryptography
internal import EventJSON

/// Opens the sealed values of one JSON line at a time, and counts.
struct LineOpener: ~Copyable {
  private(set) var summary = DecryptionSummary()
  private var opener: FieldOpener
  /// Where the strings stand that may be sealed; kept for its memory.
  private var candidates: [Range<Int>] = []

  /// Only values under these keys; nil for all.
  private let fields: KeySelection?

  init(keys: [RSAPrivateKey], fields: KeySelection?) throws(CryptographyError) {
    let opener = try FieldOpener(keys: keys)
    self.opener = opener
    self.fields = fields
  }

  /// Appends the line, with its line feed if it has one.
  mutating func open(_ line: RawSpan, appendingTo out: inout [UInt8]) {
    summary.lines += 1
    guard findCandidates(in: line) else { return append(line, 0..<line.byteCount, to: &out) }
    var copied = 0
    for content in candidates {
      switch opener.openIfSealed(line.extracting(content)) {
      case .notSealed: continue
      case .failed: summary.failed += 1
      case .opened(let json):
        summary.opened += 1
        // The quotes around the content belong to what is replaced.
        append(line, copied..<content.lowerBound - 1, to: &out)
        out.append(contentsOf: json)
        copied = content.upperBound + 1
      }
    }
    append(line, copied..<line.byteCount, to: &out)
  }

  mutating func passLongLine() {
    summary.lines += 1
    summary.tooLong += 1
  }

  /// False when the line is to be passed on as it is.
  private mutating func findCandidates(in line: RawSpan) -> Bool {
    candidates.removeAll(keepingCapacity: true)
    guard !isBlank(line) else { return false }
    var found = candidates
    do {
      try JSONStringScanner.forEachString(in: line, under: fields) { content in
        if SealedForm.isPossible(line.extracting(content)) { found.append(content) }
      }
    } catch {
      summary.notJSON += 1
      return false
    }
    candidates = found
    return true
  }

  private func isBlank(_ line: RawSpan) -> Bool {
    for index in 0..<line.byteCount
    where ![0x20, 0x09, 0x0A, 0x0D].contains(line.byte(index)) { return false }
    return true
  }

  private func append(_ line: RawSpan, _ range: Range<Int>, to out: inout [UInt8]) {
    unsafe line.extracting(range).withUnsafeBytes { unsafe out.append(contentsOf: $0) }
  }
}
