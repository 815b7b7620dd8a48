internal import Cryptography

/// Makes a `messageId` for an event that came without one: a random UUID (RFC 9562, version 4), or one that stands for
/// the place it came from.
///
/// One per thread; random bytes are drawn 4096 at a time.
struct MessageIDs {
  private var random: ArraySlice<UInt8> = []
  private static let digits = Array("0123456789abcdef".utf8)

  /// 36 ASCII characters.
  mutating func next() -> [UInt8] {
    if random.isEmpty { random = SecureRandom.bytes(4096)[...] }
    let bytes = Array(random.prefix(16))
    random.removeFirst(16)
    return MessageIDs.text(bytes, version: 4)
  }

  /// The text of a UUID with 122 of these 128 bits.
  static func text(_ bytes: [UInt8], version: UInt8) -> [UInt8] {
    var bytes = bytes
    bytes[6] = bytes[6] & 0x0F | version << 4
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
