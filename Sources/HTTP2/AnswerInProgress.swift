internal import HTTPWire

/// One stream: what of its request has still to go out, and what of its answer is there.
///
/// The library sees to the rules of the format (names in lower case, pseudo-fields, no field of a connection, the length
/// that was promised); here stand the limits.
struct AnswerInProgress {
  private let limits: WireLimits
  private let body: ArraySlice<UInt8>
  private var sent = 0

  private var status = 0
  private var fields: [HTTPField] = []
  private var answer: [UInt8] = []
  private var interim = 0
  private var fieldCount = 0
  private var headLength = 0
  /// Whether the head that is not an interim one has come; what comes behind it are trailers.
  private(set) var hasHead = false
  /// Whether anything of an answer has come.
  private(set) var hasBegun = false

  private static let mostInterim = 8

  init(sending body: ArraySlice<UInt8>, _ limits: WireLimits) {
    self.body = body
    self.limits = limits
  }

  // MARK: - The request's body

  /// Copies the next bytes of it; how many, and whether they were the last.
  mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> (count: Int, isLast: Bool) {
    let piece = body.dropFirst(sent).prefix(buffer.count)
    unsafe buffer.copyBytes(from: piece)
    sent += piece.count
    return (piece.count, sent == body.count)
  }

  // MARK: - The answer

  mutating func beginHead() {
    hasBegun = true
    (fieldCount, headLength) = (0, 0)
    if !hasHead { (status, fields) = (0, []) }
  }

  /// Trailers are counted and dropped: nothing here depends on one.
  mutating func add(_ name: Span<UInt8>, _ value: Span<UInt8>) throws(WireError) {
    fieldCount += 1
    // As the format counts: 32 for each field, so that empty ones have a price (RFC 9113, section 6.5.2).
    headLength += name.count + value.count + 32
    guard name.count + value.count <= limits.fieldLine else { throw .lineTooLong }
    guard fieldCount <= limits.fields + 1 else { throw .tooManyFields }
    guard headLength <= limits.head else { throw .headTooLong }
    guard !hasHead else { return }
    let field = unsafe HTTPField(
      name.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) },
      value.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) })
    if field.name == ":status" {
      status = Int(field.value) ?? 0
    } else {
      fields.append(field)
    }
  }

  mutating func endHead() throws(WireError) {
    guard !hasHead else { return }
    guard (100...599).contains(status), status != 101 else { throw .statusUnexpected }
    if status < 200 {
      interim += 1
      guard interim <= Self.mostInterim else { throw .statusUnexpected }
      return
    }
    hasHead = true
    if let length = HTTPFields(fields)["content-length"].flatMap({ Int($0) }) {
      guard length <= limits.body || isBodiless else { throw .bodyTooLong }
    }
  }

  /// An answer to HEAD has the length of a body and none.
  var isBodiless = false

  mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) throws(WireError) {
    guard answer.count + bytes.count <= limits.body else { throw .bodyTooLong }
    unsafe answer.append(contentsOf: bytes)
  }

  var whole: HTTP2Answer { HTTP2Answer(status: status, fields: fields, body: answer) }
}
