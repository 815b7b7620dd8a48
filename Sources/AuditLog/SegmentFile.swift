internal import Glibc

/// One file of the log; the only place with its system calls.
struct SegmentFile: ~Copyable {
  let path: String
  private let descriptor: Int32

  private let disk: @Sendable (AuditFolder.DiskStep, String) -> Int32

  /// Opens the file; for writing, makes it with mode 0600 when it is not there.
  ///
  /// Throws `missing`, or `cannotOpen`, also for what is no plain file: a pipe would wait for ever.
  init(
    path: String, writing: Bool,
    disk: @escaping @Sendable (AuditFolder.DiskStep, String) -> Int32 = { _, _ in 0 }
  ) throws(AuditError) {
    try self.init(path, writing ? O_RDWR | O_CREAT | O_APPEND : O_RDONLY, disk)
  }

  /// Opens a file that is there, to write over its bytes.
  init(
    overwriting path: String, disk: @escaping @Sendable (AuditFolder.DiskStep, String) -> Int32
  ) throws(AuditError) {
    try self.init(path, O_WRONLY, disk)
  }

  private init(
    _ path: String, _ flags: Int32,
    _ disk: @escaping @Sendable (AuditFolder.DiskStep, String) -> Int32
  ) throws(AuditError) {
    descriptor = unsafe open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
    self.path = path
    self.disk = disk
    guard descriptor >= 0 else {
      throw errno == ENOENT && flags & O_CREAT == 0
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
    let code = written(bytes)
    guard code != 0 else { return }
    takeBack(to: size)
    throw .cannotWrite(path: path, code: code)
  }

  /// Writes the bytes at the file's beginning.
  func overwrite(_ bytes: [UInt8]) throws(AuditError) {
    let code = written(bytes)
    guard code == 0 else { throw .cannotWrite(path: path, code: code) }
  }

  /// 0, or why not all of the bytes were written at once.
  private func written(_ bytes: [UInt8]) -> Int32 {
    let code = disk(.write, path)
    guard code == 0 else { return code }
    let count = unsafe bytes.withUnsafeBytes {
      unsafe write(descriptor, $0.baseAddress, $0.count)
    }
    guard count != bytes.count else { return 0 }
    return count < 0 ? errno : ENOSPC
  }

  /// Takes away what was written behind `size`; if even that fails, the next reader finds it.
  func takeBack(to size: Int) {
    if disk(.write, path) == 0 { _ = ftruncate(descriptor, off_t(size)) }
  }

  /// Returns when everything is on the disk; after a failure the descriptor must not be used again.
  func sync() throws(AuditError) {
    let code = disk(.sync, path)
    guard code == 0 else { throw .notDurable(path: path, code: code) }
    guard fdatasync(descriptor) == 0 else { throw .notDurable(path: path, code: errno) }
  }

  /// Cuts the file off at `size`, durably.
  func truncate(to size: Int) throws(AuditError) {
    let code = disk(.write, path)
    guard code == 0 else { throw .cannotWrite(path: path, code: code) }
    guard ftruncate(descriptor, off_t(size)) == 0 else {
      throw .cannotWrite(path: path, code: errno)
    }
    try sync()
  }
}
