internal import Foundation
internal import Glibc

/// Every raw file call of this module; -1 becomes an error once, here.
///
/// Paths are those the operator gave, or below them; no call follows a symbolic link at the last name,
/// unless `links` says so.
enum Disk {
  static let folderMode: mode_t = 0o700
  static let fileMode: mode_t = 0o600

  /// Makes one folder, mode 0700, and syncs the one it stands in.
  ///
  /// With `existing`, a folder that is there already is right.
  static func makeFolder(_ path: String, existing: Bool = false) throws(WorkspaceError) {
    if unsafe mkdir(path, folderMode) != 0 {
      if errno == EEXIST && existing { return }
      throw failed(path, "mkdir")
    }
    try syncFolder(parent(of: path))
  }

  /// Makes the folder and, mode 0700 too, those above it that are missing.
  static func makeFolders(_ path: String) throws(WorkspaceError) {
    guard !exists(path) else { return }
    try makeFolders(parent(of: path))
    try makeFolder(path, existing: true)
  }

  static func syncFolder(_ path: String) throws(WorkspaceError) {
    let folder = try openFile(path, O_RDONLY | O_DIRECTORY)
    defer { close(folder) }
    guard fsync(folder) == 0 else { throw failed(path, "fsync") }
  }

  /// An open descriptor, close-on-exec; the caller closes it.
  static func openFile(
    _ path: String, _ flags: Int32, create mode: mode_t = fileMode, links: Bool = false
  ) throws(WorkspaceError) -> Int32 {
    let descriptor = unsafe open(path, flags | O_CLOEXEC | (links ? 0 : O_NOFOLLOW), mode)
    guard descriptor >= 0 else { throw failed(path, "open") }
    return descriptor
  }

  static func rename(_ old: String, to new: String) throws(WorkspaceError) {
    guard unsafe Glibc.rename(old, new) == 0 else { throw failed(new, "rename") }
    try syncFolder(parent(of: new))
  }

  /// Removes a file; one that is not there is right.
  static func remove(_ path: String) throws(WorkspaceError) {
    guard unsafe unlink(path) != 0 else { return try syncFolder(parent(of: path)) }
    guard errno == ENOENT else { throw failed(path, "unlink") }
  }

  static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  /// The names in a folder, sorted, without those that start with a dot, or those alone; none when there is no such folder.
  static func names(in path: String, hidden: Bool = false) throws(WorkspaceError) -> [String] {
    guard let folder = unsafe opendir(path) else {
      if errno == ENOENT { return [] }
      throw failed(path, "opendir")
    }
    defer { unsafe closedir(folder) }
    var names: [String] = []
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) {
        unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.hasPrefix(".") == hidden { names.append(name) }
    }
    return names.sorted()
  }

  static func isEmpty(_ path: String) throws(WorkspaceError) -> Bool {
    guard let folder = unsafe opendir(path) else { throw failed(path, "opendir") }
    defer { unsafe closedir(folder) }
    var count = 0
    while unsafe readdir(folder) != nil { count += 1 }
    return count <= 2
  }

  /// Removes a folder with all in it, as far as it can.
  static func removeTree(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

  static func parent(of path: String) -> String {
    let trimmed = path.count > 1 && path.hasSuffix("/") ? path.dropLast() : path[...]
    guard let slash = trimmed.lastIndex(of: "/") else { return "." }
    return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
  }

  static func failed(_ path: String, _ operation: String) -> WorkspaceError {
    .fileFailed(path: path, operation: operation, code: errno)
  }
}

// MARK: - Whole files

extension Disk {
  /// The whole file.
  ///
  /// Throws `documentTooLarge` when it is longer than `limit`, before it is read.
  static func read(
    _ path: String, limit: Int, links: Bool = false
  ) throws(WorkspaceError) -> [UInt8] {
    let file = try openFile(path, O_RDONLY | O_NONBLOCK, links: links)
    defer { close(file) }
    var status = stat()
    guard unsafe fstat(file, &status) == 0 else { throw failed(path, "stat") }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
    guard status.st_size <= limit else {
      throw .documentTooLarge(path: path, maximum: limit)
    }
    return try readToEnd(file, path, limit)
  }

  private static func readToEnd(
    _ file: Int32, _ path: String, _ limit: Int
  ) throws(WorkspaceError) -> [UInt8] {
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 65_536)
    while true {
      let got = unsafe block.withUnsafeMutableBytes {
        unsafe Glibc.read(file, $0.baseAddress, $0.count)
      }
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw failed(path, "read") }
      if got == 0 { return bytes }
      bytes.append(contentsOf: block[..<got])
      guard bytes.count <= limit else { throw .documentTooLarge(path: path, maximum: limit) }
    }
  }

  static func writeAll(
    _ bytes: [UInt8], to file: Int32, _ path: String
  ) throws(WorkspaceError) {
    var written = 0
    while written < bytes.count {
      let got = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.write(file, $0.baseAddress! + written, bytes.count - written)
      }
      if got < 0 && errno == EINTR { continue }
      guard got > 0 else { throw failed(path, "write") }
      written += got
    }
  }

  /// Temporary file, fsync, rename, fsync of the folder: the old bytes or the new ones, whatever happens.
  static func replace(
    _ path: String, with bytes: [UInt8], mode: mode_t = fileMode
  ) throws(WorkspaceError) {
    let temporary = temporaryName(beside: path)
    try write(bytes, toNewFile: temporary, mode: mode)
    try move(temporary, to: path)
  }

  static let temporaryPrefix = ".new-"

  /// A new name in the same folder, hidden.
  static func temporaryName(beside path: String) -> String {
    parent(of: path) + "/\(temporaryPrefix)\(getpid())-" + Names.random(12)
  }

  /// Returns when the file's bytes are on the disk; one that could not be written whole does not stay.
  static func write(
    _ bytes: [UInt8], toNewFile path: String, mode: mode_t = fileMode
  ) throws(WorkspaceError) {
    let file = try openFile(path, O_WRONLY | O_CREAT | O_EXCL, create: mode)
    do throws(WorkspaceError) {
      defer { close(file) }
      guard fchmod(file, mode) == 0 else { throw failed(path, "chmod") }
      try writeAll(bytes, to: file, path)
      guard fsync(file) == 0 else { throw failed(path, "fsync") }
    } catch {
      unsafe unlink(path)
      throw error
    }
  }

  /// Puts a temporary file in its place, and syncs the folder; one that cannot be put there does not stay.
  static func move(_ temporary: String, to path: String) throws(WorkspaceError) {
    guard unsafe Glibc.rename(temporary, path) == 0 else {
      let failure = failed(path, "rename")
      unsafe unlink(temporary)
      throw failure
    }
    try syncFolder(parent(of: path))
  }
}
