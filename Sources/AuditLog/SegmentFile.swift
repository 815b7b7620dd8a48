internal import Glibc

/// One file of the log; the only place with its system calls.
struct SegmentFile: ~Copyable {
  let path: String
  private let descriptor: Int32

  private let flush: @Sendable (Int32) -> Int32

  /// Opens the file; for writing, makes it with mode 0600 when it is not there.
  ///
  /// Throws `missing`, or `cannotOpen`, also for what is no plain file: a pipe would wait for ever.
  init(
    path: String, writing: Bool, flush: @escaping @Sendable (Int32) -> Int32 = { fdatasync($0) }
  ) throws(AuditError) {
    let flags =
      O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | (writing ? O_RDWR | O_CREAT | O_APPEND : O_RDONLY)
    descriptor = unsafe open(path, flags, 0o600)
    self.path = path
    self.flush = flush
    guard descriptor >= 0 else {
      throw errno == ENOENT && !writing
        ? .missing(path: path) : .cannotOpen(path: path, code: errno)
    }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw .cannotOpen(path: path, code: ENOTSUP)
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  var size: Int {
    var status = stat()
    return unsafe fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }

  /// Whether the file under its name is still this one.
  var isInPlace: Bool {
    var own = stat()
    var named = stat()
    return unsafe fstat(descriptor, &own) == 0 && lstat(path, &named) == 0
      && own.st_ino == named.st_ino && own.st_dev == named.st_dev
  }

  /// Fills the buffer from `offset` on; how many bytes came, fewer only at the end of the file.
  func read(into buffer: inout [UInt8], from offset: Int) throws(AuditError) -> Int {
    var count = 0
    while count < buffer.count {
      let got = unsafe buffer.withUnsafeMutableBytes { bytes in
        unsafe pread(
          descriptor, bytes.baseAddress! + count, bytes.count - count, off_t(offset + count))
      }
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw .cannotOpen(path: path, code: errno) }
      if got == 0 { break }
      count += got
    }
    return count
  }

  /// Appends all of the bytes in one write, or nothing of them.
  func append(_ bytes: [UInt8], size: Int) throws(AuditError) {
    let written = unsafe bytes.withUnsafeBytes {
      unsafe write(descriptor, $0.baseAddress, $0.count)
    }
    guard written != bytes.count else { return }
    let code = written < 0 ? errno : ENOSPC
    takeBack(to: size)
    throw .cannotWrite(path: path, code: code)
  }

  /// Takes away what was written behind `size`; if even that fails, the next reader finds it.
  func takeBack(to size: Int) { _ = ftruncate(descriptor, off_t(size)) }

  /// Returns when everything is on the disk; after a failure the descriptor must not be used again.
  func sync() throws(AuditError) {
    guard flush(descriptor) == 0 else { throw .notDurable(path: path, code: errno) }
  }

  /// Cuts the file off at `size`, durably.
  func truncate(to size: Int) throws(AuditError) {
    guard ftruncate(descriptor, off_t(size)) == 0 else {
      throw .cannotWrite(path: path, code: errno)
    }
    try sync()
  }
}
