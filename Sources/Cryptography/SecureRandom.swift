import COpenSSL

/// Random bytes from OpenSSL's generator, seeded by the kernel; any thread (RAND_bytes).
///
/// Without randomness nothing here may go on: the process ends rather than use weak bytes.
package enum SecureRandom {
  package static func bytes(_ count: Int) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      unsafe fill(UnsafeMutableRawBufferPointer(buffer.extracting(0..<count)))
      filled = count
    }
  }

  static func fill(_ buffer: UnsafeMutableRawBufferPointer) {
    guard unsafe !buffer.isEmpty else { return }
    let bytes = unsafe buffer.assumingMemoryBound(to: UInt8.self)
    guard unsafe RAND_bytes_ex(nil, bytes.baseAddress, bytes.count, 256) == 1 else {
      fatalError("the system gives no random bytes: no key may be made")
    }
  }
}

/// Random bytes drawn 4096 at a time, for one thread; what was given is wiped from the pool.
///
/// `RAND_bytes(32)` costs nearly as much as `RAND_bytes(4096)`.
package struct RandomPool: ~Copyable {
  private var pool = SecretBytes(count: 4096)
  private var used = 4096

  package init() {}

  /// Fills all of it.
  package mutating func fill(_ secret: inout SecretBytes) {
    unsafe secret.withMutableBytes { target in unsafe fill(target) }
  }

  private mutating func fill(_ target: UnsafeMutableRawBufferPointer) {
    guard target.count <= 4096 else { return unsafe SecureRandom.fill(target) }
    if 4096 - used < target.count { refill() }
    let start = used
    unsafe pool.withMutableBytes { bytes in
      let piece = unsafe UnsafeMutableRawBufferPointer(
        rebasing: bytes[start..<start + target.count])
      unsafe target.copyMemory(from: UnsafeRawBufferPointer(piece))
      unsafe OPENSSL_cleanse(piece.baseAddress, piece.count)
    }
    used += target.count
  }

  private mutating func refill() {
    unsafe pool.withMutableBytes { unsafe SecureRandom.fill($0) }
    used = 0
  }
}
