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

  /// Around one word, three lanes, four lanes, and several times so many.
  private static let lengths = [0, 1, 7, 8, 9].flatMap { some in
    [0, 3, 4, 6, 8, 9].map { $0 * ChecksumTables.lane + some }
  }

  private static let bytes = {
    var state: UInt32 = 1
    return (0..<lengths.max()! + 3).map { _ -> UInt8 in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(state >> 24)
    }
  }()

  @Test(arguments: lengths)
  func `lanes at a time give what one bit at a time gives`(length: Int) {
    for start in 0...3 {
      let range = start..<start + length
      let expected = Self.slow(Self.bytes[range])
      #expect(CRC32C.checksum(Self.bytes, range, by: .tables) == expected)
      #expect(CRC32C.checksum(Self.bytes, range) == expected)
    }
  }

  @Test(
    .enabled(if: CRC32C.Method.best == .instructions, "this processor has no such instructions"))
  func `instructions go on where tables ended, and tables where instructions did`() {
    let whole = Self.slow(Self.bytes)
    for cut in stride(from: 0, through: Self.bytes.count, by: 997) {
      for (one, other) in [
        (CRC32C.Method.tables, CRC32C.Method.instructions), (.instructions, .tables),
      ] {
        let span = unsafe Self.bytes.span.bytes
        let first = CRC32C.checksum(span.extracting(first: cut), by: one)
        let both = CRC32C.checksum(span.extracting(droppingFirst: cut), following: first, by: other)
        #expect(both == whole)
      }
    }
  }
}
