internal import CChecksum

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4) of what lies on the disk: it finds damage, and protects from nobody.
///
/// By the processor's instructions where it has them, else by tables. Of what is long several lanes are done at a time, as
/// one lane alone waits at each step for the one before; they are put together by what zero bytes behind them would do.
enum CRC32C {
  /// How it is counted; both give the same.
  enum Method {
    case instructions, tables

    /// The instructions, unless this processor has none.
    static let best: Method = crc32c_has_instructions() ? .instructions : .tables
  }

  /// The checksum of the bytes; give the last result to go on with more of them.
  static func checksum(
    _ bytes: RawSpan, following previous: UInt32 = 0, by method: Method = .best
  ) -> UInt32 {
    unsafe bytes.withUnsafeBytes { bytes in
      switch method {
      case .instructions: unsafe ~updateByInstructions(~previous, bytes)
      case .tables: unsafe ~ChecksumTables.update(~previous, bytes)
      }
    }
  }

  static func checksum(
    _ bytes: [UInt8], _ range: Range<Int>, by method: Method = .best
  ) -> UInt32 {
    unsafe checksum(bytes.span.bytes.extracting(range), by: method)
  }

  private static func updateByInstructions(
    _ start: UInt32, _ bytes: UnsafeRawBufferPointer
  ) -> UInt32 {
    guard var next = unsafe bytes.assumingMemoryBound(to: UInt8.self).baseAddress else {
      return start
    }
    let lane = ChecksumTables.lane
    var (crc, left) = (start, bytes.count)
    while left >= 3 * lane {
      var lanes: (UInt32, UInt32, UInt32) = (crc, 0, 0)
      unsafe withUnsafeMutableBytes(of: &lanes) {
        unsafe crc32c_update_three(
          $0.assumingMemoryBound(to: UInt32.self).baseAddress, next, lane)
      }
      let two = ChecksumTables.behindLane(lanes.0) ^ lanes.1
      crc = ChecksumTables.behindLane(two) ^ lanes.2
      unsafe next += 3 * lane
      left -= 3 * lane
    }
    return unsafe crc32c_update(crc, next, left)
  }
}
