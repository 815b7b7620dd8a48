internal import Glibc

extension RawSpan {
  /// The byte at an offset; the library checks the offset.
  @inline(__always)
  func byte(_ offset: Int) -> UInt8 { unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self) }

  func contains(_ byte: UInt8) -> Bool { offset(of: byte, from: 0) != nil }

  /// Where the byte first stands at or after `start` (memchr).
  func offset(of byte: UInt8, from start: Int) -> Int? {
    unsafe withUnsafeBytes { bytes in
      guard start < bytes.count, let base = bytes.baseAddress else { return nil }
      let found = unsafe memchr(base + start, Int32(byte), bytes.count - start)
      return unsafe found.map { unsafe UnsafeRawPointer($0) - base }
    }
  }
}
