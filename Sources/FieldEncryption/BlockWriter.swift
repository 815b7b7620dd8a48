internal import Glibc

/// Gathers bytes and writes them to a descriptor in large blocks.
struct BlockWriter: ~Copyable {
  /// What is not written yet.
  var pending: [UInt8] = []
  private let descriptor: Int32
  private static let block = 256 << 10

  init(descriptor: Int32) { self.descriptor = descriptor }

  mutating func append(_ bytes: RawSpan) {
    unsafe bytes.withUnsafeBytes { unsafe pending.append(contentsOf: $0) }
  }

  /// Writes when there is enough; whether it did.
  mutating func flushIfLarge() throws(FieldEncryptionError) -> Bool {
    guard pending.count >= Self.block else { return false }
    try flush()
    return true
  }

  mutating func flush() throws(FieldEncryptionError) {
    var written = 0
    while written < pending.count {
      let got = unsafe pending.withUnsafeBytes { bytes in
        unsafe write(descriptor, bytes.baseAddress! + written, bytes.count - written)
      }
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw .outputFailed(code: errno) }
      written += got
    }
    pending.removeAll(keepingCapacity: true)
  }
}
