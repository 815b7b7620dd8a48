/// CRC-32C (Castagnoli, RFC 3720 appendix B.4) of what lies on the disk: it finds damage, and protects from nobody.
///
/// Eight bytes at a time by eight tables ("slicing by 8", Kounavis and Berry, 2005).
enum CRC32C {
  /// The checksum of the bytes; give the last result to go on with more of them.
  static func checksum(_ bytes: RawSpan, following previous: UInt32 = 0) -> UInt32 {
    unsafe bytes.withUnsafeBytes { bytes in
      unsafe tables.withUnsafeBufferPointer { tables in
        unsafe ~update(~previous, bytes, tables)
      }
    }
  }

  static func checksum(_ bytes: [UInt8], _ range: Range<Int>) -> UInt32 {
    unsafe checksum(bytes.span.bytes.extracting(range))
  }

  private static func update(
    _ start: UInt32, _ bytes: UnsafeRawBufferPointer, _ tables: UnsafeBufferPointer<UInt32>
  ) -> UInt32 {
    var crc = start
    var index = 0
    let eights = bytes.count & ~7
    while index < eights {
      let word =
        unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
        ^ UInt64(crc)
      let low = UInt32(truncatingIfNeeded: word)
      let high = UInt32(truncatingIfNeeded: word >> 32)
      crc =
        unsafe tables[Int(1792 + (low & 0xFF))] ^ tables[Int(1536 + (low >> 8 & 0xFF))]
        ^ tables[Int(1280 + (low >> 16 & 0xFF))] ^ tables[Int(1024 + (low >> 24))]
        ^ tables[Int(768 + (high & 0xFF))] ^ tables[Int(512 + (high >> 8 & 0xFF))]
        ^ tables[Int(256 + (high >> 16 & 0xFF))] ^ tables[Int(high >> 24)]
      index += 8
    }
    while index < bytes.count {
      crc = unsafe tables[Int((crc ^ UInt32(bytes[index])) & 0xFF)] ^ crc >> 8
      index += 1
    }
    return crc
  }

  /// Eight tables of 256, one behind the other.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var value = UInt32(byte)
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
      tables[byte] = value
    }
    for index in 256..<8 * 256 {
      let before = tables[index - 256]
      tables[index] = before >> 8 ^ tables[Int(before & 0xFF)]
    }
    return tables
  }()
}
