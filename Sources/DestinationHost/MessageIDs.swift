internal import Cryptography

/// Makes a `messageId` for an event that came without one; one per thread.
///
/// Of a line that may be read again after a crash it follows from the input, the line's number and its bytes, so that
/// the event has the same id then, and only then: a UUID of version 8 (RFC 9562). Everything else gets a random one,
/// version 4. Nobody without the workspace's key can tell a line from its id, so an id does not give away what
/// encryption hides.
struct MessageIDs: ~Copyable {
  private var random: ArraySlice<UInt8> = []
  private var code: HMACSHA256
  private static let digits = Array("0123456789abcdef".utf8)

  init(key: borrowing SecretBytes) throws(CryptographyError) { code = try HMACSHA256(key: key) }

  /// 36 ASCII characters; random bytes are drawn 4096 at a time.
  mutating func next() -> [UInt8] {
    if random.isEmpty { random = SecureRandom.bytes(4096)[...] }
    let bytes = Array(random.prefix(16))
    random.removeFirst(16)
    return Self.text(bytes, version: 4)
  }

  /// - Parameters:
  ///   - number: of the line in the input.
  ///   - input: what the input is known by, as long for all of them.
  mutating func of(_ line: RawSpan, number: Int, in input: [UInt8]) -> [UInt8] {
    let place = input + (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    let code = unsafe code.authenticate(place.span.bytes, followedBy: line)
    return Self.text(Array(code[..<16]), version: 8)
  }

  static func text(_ bytes: [UInt8], version: UInt8) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(36)
    for (index, byte) in bytes.enumerated() {
      var byte = byte
      if index == 6 { byte = byte & 0x0F | version << 4 }
      if index == 8 { byte = byte & 0x3F | 0x80 }
      if [4, 6, 8, 10].contains(index) { text.append(UInt8(ascii: "-")) }
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 0x0F)])
    }
    return text
  }
}
