internal import Cryptography

/// Makes a `messageId` for an event that came without one: a random UUID (RFC 9562, version 4).
///
/// One per thread; random bytes are drawn 4096 at a time.
struct MessageIDs {
  private var random: ArraySlice<UInt8> = []
  private static let digits = Array("0123456789abcdef".utf8)

  /// 36 ASCII characters.
  mutating func next() -> [UInt8] {
    if random.isEmpty { random = SecureRandom.bytes(4096)[...] }
    var bytes = Array(random.prefix(16))
    random.removeFirst(16)
    bytes[6] = bytes[6] & 0x0F | 0x40
    bytes[8] = bytes[8] & 0x3F | 0x80
    var text: [UInt8] = []
    text.reserveCapacity(36)
    for (index, byte) in bytes.enumerated() {
      if [4, 6, 8, 10].contains(index) { text.append(UInt8(ascii: "-")) }
      text.append(MessageIDs.digits[Int(byte >> 4)])
      text.append(MessageIDs.digits[Int(byte & 0x0F)])
    }
    return text
  }
}
