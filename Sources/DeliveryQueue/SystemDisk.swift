internal import CFileRange
internal import Glibc

/// The file system itself; the only place of this module with system calls.
package struct SystemDisk: QueueDisk {
  package init() {}

  package func makeFolder(_ path: String) throws(QueueError) {
    if unsafe mkdir(path, 0o700) != 0 {
      if errno == EEXIST { return }
      throw failure(path, "mkdir")
    }
    guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return }
    try syncFolder(String(path[..<slash]))
  }

  package func names(in path: String) throws(QueueError) -> [String] {
    guard let folder = unsafe opendir(path) else { throw failure(path, "opendir") }
    defer { unsafe closedir(folder) }
    var names: [String] = []
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) {
        unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  package func open(_ path: String, _ use: FileUse) throws(QueueError) -> Int32 {
    let flags =
      switch use {
      case .read: O_RDONLY
      case .create: O_RDWR | O_CREAT | O_EXCL
      case .update: O_RDWR | O_CREAT
      }
    let file = unsafe Glibc.open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
    guard file >= 0 else { throw failure(path, "open") }
    return file
  }

  package func close(_ file: Int32) { Glibc.close(file) }

  package func size(of file: Int32, _ path: String) throws(QueueError) -> Int {
    var status = stat()
    guard unsafe fstat(file, &status) == 0 else { throw failure(path, "stat") }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .fileFailed(path: path, operation: "stat", code: EISDIR)
    }
    return Int(status.st_size)
  }

  package func write(
    _ bytes: [UInt8], to file: Int32, at offset: Int, _ path: String
  ) throws(QueueError) {
    var written = 0
    while written < bytes.count {
      let got = unsafe bytes.withUnsafeBytes {
        unsafe pwrite(
          file, $0.baseAddress! + written, $0.count - written, off_t(offset + written))
      }
      if got < 0 && errno == EINTR { continue }
      guard got > 0 else { throw got == 0 ? .diskFull(path: path) : failure(path, "write") }
      written += got
    }
  }

  package func startWriting(_ range: Range<Int>, of file: Int32) {
    _ = sync_file_range(file, Int64(range.lowerBound), Int64(range.count), file_range_write)
  }

  /// So many times what is asked for must be free, so that room ahead takes no other file's last.
  private static let leftToOthers = 64

  package func reserve(_ range: Range<Int>, of file: Int32) {
    var space = statvfs()
    guard unsafe fstatvfs(file, &space) == 0,
      Int(space.f_bavail) * Int(space.f_frsize) / Self.leftToOthers >= range.count
    else { return }
    _ = fallocate(file, allocate_keeping_size, Int64(range.lowerBound), Int64(range.count))
  }

  /// Truncating to the size that a file has gives back what lies behind it.
  package func releaseRoom(of file: Int32, _ path: String) throws(QueueError) {
    var status = stat()
    guard unsafe fstat(file, &status) == 0 else { throw failure(path, "stat") }
    let (size, block) = (Int(status.st_size), max(Int(status.st_blksize), 1))
    guard Int(status.st_blocks) * 512 > (size + block - 1) / block * block else { return }
    try truncate(file, to: size, path)
  }

  package func read(
    _ count: Int, of file: Int32, at offset: Int, into bytes: inout [UInt8], _ path: String
  ) throws(QueueError) {
    var code: Int32 = 0
    bytes.removeAll(keepingCapacity: true)
    bytes.append(addingCapacity: count) { output in
      unsafe output.withUnsafeMutableBufferPointer { buffer, filled in
        while filled < count {
          let got = unsafe pread(
            file, buffer.baseAddress! + filled, count - filled, off_t(offset + filled))
          if got < 0 && errno == EINTR { continue }
          if got < 0 { code = errno }
          guard got > 0 else { return }
          filled += got
        }
      }
    }
    guard code == 0 else { throw .fileFailed(path: path, operation: "read", code: code) }
  }

  package func truncate(_ file: Int32, to size: Int, _ path: String) throws(QueueError) {
    guard ftruncate(file, off_t(size)) == 0 else { throw failure(path, "truncate") }
  }

  package func sync(_ file: Int32, _ path: String) throws(QueueError) {
    guard fdatasync(file) == 0 else { throw failure(path, "fdatasync") }
  }

  package func syncFolder(_ path: String) throws(QueueError) {
    let folder = unsafe Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw failure(path, "open") }
    defer { Glibc.close(folder) }
    guard fsync(folder) == 0 else { throw failure(path, "fsync") }
  }

  package func rename(_ old: String, to new: String) throws(QueueError) {
    guard unsafe Glibc.rename(old, new) == 0 else { throw failure(new, "rename") }
  }

  package func remove(_ path: String) throws(QueueError) {
    guard unsafe unlink(path) != 0, errno != ENOENT else { return }
    throw failure(path, "unlink")
  }

  private func failure(_ path: String, _ operation: String) -> QueueError {
    errno == ENOSPC || errno == EDQUOT
      ? .diskFull(path: path) : .fileFailed(path: path, operation: operation, code: errno)
  }
}
