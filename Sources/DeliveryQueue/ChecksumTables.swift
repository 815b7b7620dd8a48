/// CRC-32C by tables, for processors without instructions for it, and what joins lanes for both.
///
/// Eight bytes at a time by eight tables ("slicing by 8", Kounavis and Berry, 2005), four lanes at a time of what is long.
enum ChecksumTables {
  /// Bytes of one lane.
  static let lane = 2048

  /// The state behind the bytes; a state is a checksum with all its bits turned.
  static func update(_ start: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
    unsafe tables.withUnsafeBufferPointer { unsafe update(start, bytes, $0) }
  }

  private static func update(
    _ start: UInt32, _ bytes: UnsafeRawBufferPointer, _ tables: UnsafeBufferPointer<UInt32>
  ) -> UInt32 {
    var crc = start
    var index = 0
    while index + 4 * lane <= bytes.count {
      crc = unsafe fourLanes(crc, bytes, index, tables)
      index += 4 * lane
    }
    while index + 8 <= bytes.count {
      crc = unsafe step(crc, bytes, index, tables)
      index += 8
    }
    while index < bytes.count {
      crc = unsafe tables[Int((crc ^ UInt32(bytes[index])) & 0xFF)] ^ crc >> 8
      index += 1
    }
    return crc
  }

  private static func fourLanes(
    _ start: UInt32, _ bytes: UnsafeRawBufferPointer, _ offset: Int,
    _ tables: UnsafeBufferPointer<UInt32>
  ) -> UInt32 {
    var (first, second, third, fourth) = (start, UInt32(0), UInt32(0), UInt32(0))
    for index in stride(from: offset, to: offset + lane, by: 8) {
      first = unsafe step(first, bytes, index, tables)
      second = unsafe step(second, bytes, index + lane, tables)
      third = unsafe step(third, bytes, index + 2 * lane, tables)
      fourth = unsafe step(fourth, bytes, index + 3 * lane, tables)
    }
    return behindLane(behindLane(behindLane(first) ^ second) ^ third) ^ fourth
  }

  /// Eight bytes.
  @inline(__always)
  private static func step(
    _ crc: UInt32, _ bytes: UnsafeRawBufferPointer, _ index: Int,
    _ tables: UnsafeBufferPointer<UInt32>
  ) -> UInt32 {
    let word =
      unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      ^ UInt64(crc)
    let low = UInt32(truncatingIfNeeded: word)
    let high = UInt32(truncatingIfNeeded: word >> 32)
    let first =
      unsafe tables[Int(1792 + (low & 0xFF))] ^ tables[Int(1536 + (low >> 8 & 0xFF))]
      ^ tables[Int(1280 + (low >> 16 & 0xFF))] ^ tables[Int(1024 + (low >> 24))]
    let second =
      unsafe tables[Int(768 + (high & 0xFF))] ^ tables[Int(512 + (high >> 8 & 0xFF))]
      ^ tables[Int(256 + (high >> 16 & 0xFF))] ^ tables[Int(high >> 24)]
    return first ^ second
  }

  /// What a state becomes by one lane of zero bytes.
  static func behindLane(_ crc: UInt32) -> UInt32 {
    zeros[Int(crc & 0xFF)] ^ zeros[256 + Int(crc >> 8 & 0xFF)]
      ^ zeros[512 + Int(crc >> 16 & 0xFF)] ^ zeros[768 + Int(crc >> 24)]
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

  /// One table of 256 for each byte of a state: what becomes of it by ``lane`` zero bytes.
  private static let zeros: [UInt32] = {
    var zeros = [UInt32](repeating: 0, count: 4 * 256)
    for index in zeros.indices {
      var crc = UInt32(index % 256) << (index / 256 * 8)
      for _ in 0..<lane { crc = tables[Int(crc & 0xFF)] ^ crc >> 8 }
      zeros[index] = crc
    }
    return zeros
  }()
}
