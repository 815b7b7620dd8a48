import Testing

@testable import DeliveryQueue

@Suite struct CRC32CTests {
  /// RFC 3720, appendix B.4, and the check value of the catalogue of CRC algorithms.
  private static let published: [(bytes: [UInt8], checksum: UInt32)] = [
    ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
    ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
    ([UInt8](0..<32), 0x46DD_794E), ([UInt8]((0..<32).reversed()), 0x113F_DB5C),
    ([UInt8]("123456789".utf8), 0xE306_9283), ([], 0),
  ]

  @Test(arguments: published)
  func `published values`(bytes: [UInt8], checksum: UInt32) {
    #expect(CRC32C.checksum(bytes, bytes.indices) == checksum)
  }

  @Test func `in two pieces as in one, wherever it is cut`() {
    let bytes = (0..<100).map { UInt8($0 &* 37 & 0xFF) }
    let whole = CRC32C.checksum(bytes, bytes.indices)
    for cut in bytes.indices {
      let first = CRC32C.checksum(bytes, 0..<cut)
      let both = unsafe CRC32C.checksum(
        bytes.span.bytes.extracting(cut..<bytes.count), following: first)
      #expect(both == whole)
    }
  }

  /// Bit by bit, as the polynomial says.
  private static func slow(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var crc = UInt32.max
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
    }
    return ~crc
  }

  @Test func `four lanes at a time give what one bit at a time gives, whatever the length`() {
    var state: UInt32 = 1
    let bytes = (0..<13_000).map { _ -> UInt8 in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(state >> 24)
    }
    for length in [1, 7, 8, 4095, 4096, 4097, 4104, 8191, 8192, 8200, 12_999] {
      for start in [0, 1] where start + length <= bytes.count {
        let range = start..<start + length
        #expect(CRC32C.checksum(bytes, range) == Self.slow(bytes[range]))
      }
    }
  }
}
