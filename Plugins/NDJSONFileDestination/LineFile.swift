internal import Glibc

/// A file of lines that is appended to, batch by batch, each batch whole or not at all.
///
/// Locked with `flock` while it is open: taking back a failed write would cut another writer's lines. Mode 0600 for a
/// new file. For one thread at a time.
final class LineFile {
  private let path: String
  private let rotateBytes: Int64
  private let isSynced: Bool
  private var file: OpenFile

  /// Opens or makes the file.
  ///
  /// A line that a crash left torn is ended, so that the next one starts afresh.
  init(path: String, rotateBytes: Int64, isSynced: Bool) throws(FileFailure) {
    self.path = path
    self.rotateBytes = rotateBytes
    self.isSynced = isSynced
    file = try OpenFile(path: path)
    if isSynced { try syncFolder(of: path) }
  }

  /// Appends the lines and a line feed in one write, and syncs.
  ///
  /// After an error the file is as it was before.
  func append(_ lines: RawSpan) throws(FileFailure) {
    let length = Int64(lines.byteCount) + 1
    if rotateBytes > 0, file.size > 0, file.size + length > rotateBytes {
      try rotate()
    }
    let start = file.size
    do {
      try file.write(lines)
      if isSynced { try file.sync() }
    } catch {
      file.cut(to: start)
      throw error
    }
  }

  /// Gives the full file its number, and begins an empty one.
  private func rotate() throws(FileFailure) {
    let number = try nextNumber(ofFilesBeside: path)
    guard unsafe rename(path, "\(path).\(number)") == 0 else { throw .last("rename") }
    file = try OpenFile(path: path)
    if isSynced { try syncFolder(of: path) }
  }
}

/// A descriptor, with the size of its file.
private struct OpenFile: ~Copyable {
  private(set) var size: Int64
  private var endsTorn: Bool
  private let descriptor: Int32

  init(path: String) throws(FileFailure) {
    // Without O_NONBLOCK, a path that is a pipe would block for ever.
    let flags = O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK
    let file = unsafe open(path, flags, 0o600)
    guard file >= 0 else { throw .last("open") }
    do throws(FileFailure) {
      let size = try Self.sizeOfRegularFile(file)
      guard flock(file, LOCK_EX | LOCK_NB) == 0 else { throw .last("flock") }
      endsTorn = try Self.endsTorn(file, size: size)
      self.size = size
    } catch {
      close(file)
      throw error
    }
    descriptor = file
  }

  deinit {
    close(descriptor)
  }

  /// One write of the lines and what has to stand around them.
  mutating func write(_ lines: RawSpan) throws(FileFailure) {
    let length = lines.byteCount + (endsTorn ? 2 : 1)
    let written = unsafe lines.withUnsafeBytes { bytes in
      unsafe withUnsafeBytes(of: UInt8(ascii: "\n")) { lineFeed in
        let lineFeed = unsafe iovec(
          iov_base: UnsafeMutableRawPointer(mutating: lineFeed.baseAddress), iov_len: 1)
        let body = unsafe iovec(
          iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress), iov_len: bytes.count)
        let parts = unsafe endsTorn ? [lineFeed, body, lineFeed] : [body, lineFeed]
        return unsafe writeAgainIfInterrupted(parts)
      }
    }
    guard written >= 0 else { throw .last("write") }
    size += Int64(written)
    // The disk was full, or a limit was reached: the rest would fail as well.
    guard written == length else { throw FileFailure(call: "write", code: ENOSPC) }
    endsTorn = false
  }

  borrowing func sync() throws(FileFailure) {
    guard fdatasync(descriptor) == 0 else { throw .last("fdatasync") }
  }

  /// Takes back what was written after `start`.
  ///
  /// Where even that fails, the torn line is ended by the next write.
  mutating func cut(to start: Int64) {
    while ftruncate(descriptor, off_t(start)) != 0 {
      if errno != EINTR { break }
    }
    size = (try? Self.sizeOfRegularFile(descriptor)) ?? size
    endsTorn = (try? Self.endsTorn(descriptor, size: size)) ?? true
  }

  private borrowing func writeAgainIfInterrupted(_ parts: [iovec]) -> Int {
    while true {
      let written = unsafe parts.withUnsafeBufferPointer {
        unsafe writev(descriptor, $0.baseAddress, Int32($0.count))
      }
      if written >= 0 || errno != EINTR { return written }
    }
  }

  private static func sizeOfRegularFile(_ descriptor: Int32) throws(FileFailure) -> Int64 {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw .last("fstat") }
    guard status.st_mode & S_IFMT == S_IFREG else { throw FileFailure(call: "open", code: ENODEV) }
    return Int64(status.st_size)
  }

  private static func endsTorn(_ descriptor: Int32, size: Int64) throws(FileFailure) -> Bool {
    guard size > 0 else { return false }
    var last: UInt8 = 0
    guard unsafe pread(descriptor, &last, 1, off_t(size - 1)) == 1 else { throw .last("pread") }
    return last != UInt8(ascii: "\n")
  }
}
