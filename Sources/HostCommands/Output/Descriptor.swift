import Glibc

/// Whole writes to a descriptor.
enum Descriptor {
  /// Nil when all was written, else the errno.
  static func write(_ text: String, to descriptor: Int32) -> Int32? {
    var text = text
    return text.withUTF8 { bytes in unsafe write(UnsafeRawBufferPointer(bytes), to: descriptor) }
  }

  /// As for a text; the bytes are copied nowhere.
  static func write(_ bytes: RawSpan, to descriptor: Int32) -> Int32? {
    unsafe bytes.withUnsafeBytes { unsafe write($0, to: descriptor) }
  }

  private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32? {
    var written = 0
    while written < bytes.count {
      let got = unsafe Glibc.write(
        descriptor, bytes.baseAddress! + written, bytes.count - written)
      if got < 0 && errno == EINTR { continue }
      if got < 0 && errno == EAGAIN {
        waitUntilWritable(descriptor)
        continue
      }
      guard got > 0 else { return errno }
      written += got
    }
    return nil
  }

  /// A terminal that another program left non-blocking takes more in a moment.
  private static func waitUntilWritable(_ descriptor: Int32) {
    var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    _ = unsafe poll(&wanted, 1, 1000)
  }
}
