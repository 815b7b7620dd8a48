extension Gzip {
  /// The bytes as gzip, one member at zlib's usual level; nil where the system has no zlib.
  package static func encode(_ input: ArraySlice<UInt8>) -> [UInt8]? {
    guard let library, input.count <= Int(UInt32.max) else { return nil }
    var stream = ZStream()
    guard library.beginDeflating(&stream) else { return nil }
    defer { _ = unsafe library.endDeflating(&stream) }
    return library.deflate(&stream, input)
  }
}

extension ZLib {
  /// Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzip's window, usual memory and strategy.
  fileprivate func beginDeflating(_ stream: inout ZStream) -> Bool {
    unsafe beginDeflating(
      &stream, -1, 8, Self.gzipWindow, 8, 0, Self.headerVersion, ZStream.size) == Self.ok
  }

  /// In one step, since the room is that of the worst case (zlib's compressBound, and gzip's frame).
  fileprivate func deflate(_ stream: inout ZStream, _ input: ArraySlice<UInt8>) -> [UInt8]? {
    let count = input.count
    let room = count + count >> 12 + count >> 14 + count >> 25 + 64
    var isDone = false
    let output = unsafe [UInt8](unsafeUninitializedCapacity: room) { target, written in
      unsafe input.withUnsafeBufferPointer { source in
        unsafe stream.nextIn = source.baseAddress
        unsafe stream.nextOut = target.baseAddress
        stream.availableIn = UInt32(count)
        stream.availableOut = UInt32(room)
        // Z_FINISH.
        isDone = unsafe deflate(&stream, 4) == Self.streamEnd
        written = room - Int(stream.availableOut)
      }
    }
    return isDone ? output : nil
  }
}
