internal import Glibc

/// Reads the parts of a file of sealed letters, one after the other; what is there may be anything.
final class DeadLetterReader {
  let path: String
  private let descriptor: Int32

  init(_ path: String) throws(WorkspaceError) {
    self.path = path
    descriptor = try Disk.openFile(path, O_RDONLY)
  }

  deinit { close(descriptor) }

  /// Nil when a crash cut it off: then the file holds nothing.
  func header() throws(WorkspaceError) -> [UInt8]? { try bytes(DeadLetterFile.headerLength) }

  /// The next record without its length; nil at the end, and at one that a crash cut off.
  func record() throws(WorkspaceError) -> [UInt8]? {
    guard let length = try recordLength() else { return nil }
    return try bytes(length)
  }

  /// All bytes from that place on.
  func rest(from offset: Int) throws(WorkspaceError) -> [UInt8] {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw Disk.failed(path, "stat") }
    guard lseek(descriptor, off_t(offset), SEEK_SET) >= 0 else { throw Disk.failed(path, "seek") }
    return try bytes(max(0, Int(status.st_size) - offset)) ?? []
  }

  /// Whether there was a whole record to skip.
  func skipRecord() throws(WorkspaceError) -> Bool {
    guard let length = try recordLength() else { return false }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw Disk.failed(path, "stat") }
    let end = lseek(descriptor, off_t(length), SEEK_CUR)
    guard end >= 0 else { throw Disk.failed(path, "seek") }
    return end <= status.st_size
  }

  /// Throws `deadLettersDamaged` for a length that no record has.
  private func recordLength() throws(WorkspaceError) -> Int? {
    guard let prefix = try bytes(4) else { return nil }
    var rest = prefix[...]
    guard let length = DeadLetter.number(4, from: &rest), length <= DeadLetterFile.maximumRecord
    else { throw .deadLettersDamaged(path: path) }
    return Int(length)
  }

  /// Returns when the file's bytes are on the disk, whoever wrote them.
  func sync() throws(WorkspaceError) {
    guard fdatasync(descriptor) == 0 else { throw Disk.failed(path, "fdatasync") }
  }

  /// Exactly that many bytes; nil when the file ends before.
  private func bytes(_ count: Int) throws(WorkspaceError) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let got = unsafe bytes.withUnsafeMutableBytes {
        unsafe read(descriptor, $0.baseAddress! + filled, count - filled)
      }
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw Disk.failed(path, "read") }
      if got == 0 { return nil }
      filled += got
    }
    return bytes
  }
}
