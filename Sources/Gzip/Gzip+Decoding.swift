extension Gzip {
  /// Appends what the bytes hold to `output`.
  ///
  /// Stops at the first bytes beyond the limit, so a few that stand for gigabytes cost no more than the limit.
  package static func decode(
    _ input: [UInt8], into output: inout [UInt8], limit: Int
  ) throws(GzipError) {
    guard let library else { throw .unavailable }
    var stream = ZStream()
    guard
      unsafe library.beginInflating(
        &stream, ZLib.gzipWindow, ZLib.headerVersion, ZStream.size) == ZLib.ok
    else { throw .unavailable }
    defer { _ = unsafe library.endInflating(&stream) }
    try library.inflate(&stream, input, into: &output, limit: limit)
  }
}

extension ZLib {
  fileprivate func inflate(
    _ stream: inout ZStream, _ input: [UInt8], into output: inout [UInt8], limit: Int
  ) throws(GzipError) {
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    var (consumed, total) = (0, 0)
    var result = Self.ok
    stream.availableIn = UInt32(input.count)
    repeat {
      result = step(&stream, input[consumed...], &piece)
      let written = piece.count - Int(stream.availableOut)
      consumed = input.count - Int(stream.availableIn)
      total += written
      guard total <= limit else { throw .tooLong }
      output += piece[..<written]
      // Nothing more comes out of what ends too early.
      guard result == Self.streamEnd || result == Self.ok && written > 0 else { throw .malformed }
    } while result != Self.streamEnd
    guard consumed == input.count else { throw .malformed }
  }

  private func step(
    _ stream: inout ZStream, _ input: ArraySlice<UInt8>, _ piece: inout [UInt8]
  ) -> Int32 {
    unsafe input.withUnsafeBufferPointer { source in
      unsafe piece.withUnsafeMutableBufferPointer { target in
        unsafe stream.nextIn = source.baseAddress
        unsafe stream.nextOut = target.baseAddress
        stream.availableOut = UInt32(target.count)
        return unsafe inflate(&stream, 0)
      }
    }
  }
}
