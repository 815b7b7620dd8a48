/// One alphabet of RFC 4648 with its tables; immutable, any thread.
struct Base64Codec: Sendable {
  static let standard = Base64Codec(last: "+/", padded: true)
  static let url = Base64Codec(last: "-_", padded: false)

  private let characters: [UInt8]
  /// Two characters for each value of twelve bits, the first in the low byte.
  private let pairs: [UInt16]
  /// 64 where no character of the alphabet stands.
  private let values: [UInt8]
  private let padded: Bool
  private static let pad = UInt8(ascii: "=")

  private init(last: String, padded: Bool) {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + last
    let characters = Array(alphabet.utf8)
    self.characters = characters
    pairs = (0..<4096).map { UInt16(characters[$0 >> 6]) | UInt16(characters[$0 & 63]) << 8 }
    var values = [UInt8](repeating: 64, count: 256)
    for (value, character) in characters.enumerated() { values[Int(character)] = UInt8(value) }
    self.values = values
    self.padded = padded
  }

  // MARK: - Encoding

  func encode(_ bytes: RawSpan, appendingTo out: inout [UInt8]) {
    let alphabet = characters.span
    let pairs = pairs.span
    var start = 0
    // In pieces of 3 KiB, so that the text takes shape on the stack.
    while start < bytes.byteCount {
      let piece = bytes.extracting(start..<min(start + 3072, bytes.byteCount))
      unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 4096) { text in
        let length = unsafe encode(piece, into: text, alphabet, pairs)
        unsafe out.append(contentsOf: text.extracting(0..<length))
      }
      start += piece.byteCount
    }
  }

  @inline(__always)
  private func encode(
    _ bytes: RawSpan, into text: UnsafeMutableBufferPointer<UInt8>, _ alphabet: Span<UInt8>,
    _ pairs: Span<UInt16>
  ) -> Int {
    var (index, written) = unsafe encodeEights(bytes, into: text, pairs)
    while index + 3 <= bytes.byteCount {
      let group =
        UInt32(bytes.byte(index)) << 16 | UInt32(bytes.byte(index + 1)) << 8
        | UInt32(bytes.byte(index + 2))
      for shift: UInt32 in [18, 12, 6, 0] {
        unsafe text[written] = alphabet[Int(group >> shift & 63)]
        written += 1
      }
      index += 3
    }
    let left = bytes.byteCount - index
    guard left > 0 else { return written }
    let group =
      UInt32(bytes.byte(index)) << 16 | (left == 2 ? UInt32(bytes.byte(index + 1)) << 8 : 0)
    unsafe text[written] = alphabet[Int(group >> 18)]
    unsafe text[written + 1] = alphabet[Int(group >> 12 & 63)]
    written += 2
    if left == 2 {
      unsafe text[written] = alphabet[Int(group >> 6 & 63)]
      written += 1
    }
    while padded && written % 4 != 0 {
      unsafe text[written] = Self.pad
      written += 1
    }
    return written
  }

  /// Eight characters at a time, of six bytes; what is left at the end is the caller's.
  @inline(__always)
  private func encodeEights(
    _ bytes: RawSpan, into text: UnsafeMutableBufferPointer<UInt8>, _ pairs: Span<UInt16>
  ) -> (index: Int, written: Int) {
    let eights = UnsafeMutableRawBufferPointer(text)
    var (index, written) = (0, 0)
    while index + 8 <= bytes.byteCount {
      let word = unsafe UInt64(
        bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
      var eight: UInt64 = 0
      for place: UInt64 in 0..<4 {
        let pair = pairs[Int(truncatingIfNeeded: word >> (52 - 12 * place) & 4095)]
        eight |= UInt64(pair) << (16 * place)
      }
      unsafe eights.storeBytes(of: eight.littleEndian, toByteOffset: written, as: UInt64.self)
      index += 6
      written += 8
    }
    return (index, written)
  }

  // MARK: - Decoding

  func decode(_ text: RawSpan, appendingTo out: inout [UInt8]) throws(CryptographyError) {
    let length = try lengthWithoutPadding(text)
    let rest = length % 4
    guard rest != 1 else { throw .notBase64 }
    let start = out.count
    var group: UInt32 = 0
    var bad: UInt8 = 0
    let table = values.span
    for index in 0..<length {
      let value = table[Int(text.byte(index))]
      bad |= value
      group = group << 6 | UInt32(value & 63)
      guard index % 4 == 3 else { continue }
      out.append(UInt8(truncatingIfNeeded: group >> 16))
      out.append(UInt8(truncatingIfNeeded: group >> 8))
      out.append(UInt8(truncatingIfNeeded: group))
      group = 0
    }
    let unused = rest == 2 ? group & 15 : rest == 3 ? group & 3 : 0
    guard bad & 64 == 0, unused == 0 else {
      out.removeSubrange(start...)
      throw .notBase64
    }
    if rest == 2 { out.append(UInt8(truncatingIfNeeded: group >> 4)) }
    if rest == 3 {
      out.append(UInt8(truncatingIfNeeded: group >> 10))
      out.append(UInt8(truncatingIfNeeded: group >> 2))
    }
  }

  private func lengthWithoutPadding(_ text: RawSpan) throws(CryptographyError) -> Int {
    guard padded else { return text.byteCount }
    guard text.byteCount % 4 == 0 else { throw .notBase64 }
    var length = text.byteCount
    while length > 0, text.byteCount - length < 2, text.byte(length - 1) == Self.pad {
      length -= 1
    }
    return length
  }
}

extension RawSpan {
  /// The byte at an offset that the caller has checked; still checked by the library.
  @inline(__always)
  func byte(_ offset: Int) -> UInt8 { unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self) }
}
