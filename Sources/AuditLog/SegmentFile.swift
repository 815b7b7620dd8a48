internal import Glibc

/// One file of the log; the only place with its system calls.
struct SegmentFile: ~Copyable {
  let path: String
  private let descriptor: Int32

  /// Opens the file; for writing, makes it with mode 0600 when it is not there.
  init(path: String, writing: Bool) throws(AuditError) {
    let flags = O_CLOEXEC | O_NOFOLLOW | (writing ? O_RDWR | O_CREAT | O_APPEND : O_RDONLY)
    descriptor = unsafe open(path, flags, 0o600)
    guard descriptor >= 0 else { throw .cannotOpen(path: path, code: errno) }
    self.path = path
  }

  deinit { close(descriptor) }

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
    // What was written of it goes away again; if even that fails, it is a torn tail, which the next start cuts.
    _ = ftruncate(descriptor, off_t(size))
    throw .cannotWrite(path: path, code: code)
  }

  /// Returns when everything is on the disk; after a failure the descriptor must not be used again.
  func sync() throws(AuditError) {
    guard fdatasync(descriptor) == 0 else { throw .notDurable(path: path, code: errno) }
  }

  /// Cuts the file off at `size`, durably.
  func truncate(to size: Int) throws(AuditError) {
    guard ftruncate(descriptor, off_t(size)) == 0 else {
      throw .cannotWrite(path: path, code: errno)
    }
    try sync()
  }
}

/// Names of the log's files in its folder.
struct AuditFolder: Sendable {
  let path: String

  func segment(_ number: Int) -> String {
    let digits = String(number)
    return "\(path)/audit-\(String(repeating: "0", count: max(0, 6 - digits.count)))\(digits).jsonl"
  }

  var lock: String { path + "/lock" }

  func tornTail(_ number: Int, _ offset: Int) -> String { "\(path)/torn-\(number)-\(offset)" }

  func exists(_ number: Int) -> Bool { unsafe access(segment(number), F_OK) == 0 }

  /// The number of the last segment that follows the first without a gap; 0 for none.
  var lastSegment: Int {
    var number = 0
    while exists(number + 1) { number += 1 }
    return number
  }

  /// Makes the names in the folder durable.
  func sync() throws(AuditError) {
    let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .cannotOpen(path: path, code: errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .notDurable(path: path, code: errno) }
  }
}
