import Glibc

/// Writes a secret to a file of its own, once.
package enum SecretFile {
  /// Creates the file with mode 0600, writes all, and returns when file and folder are on the disk.
  ///
  /// Throws `fileExists` when anything, also a dangling link, stands there; `fileFailed` otherwise,
  /// after removing what was written. Blocks.
  package static func write(
    _ secret: borrowing SecretBytes, toNewFile path: String
  ) throws(CryptographyError) {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
    let descriptor = unsafe open(path, flags, 0o600)
    guard descriptor >= 0 else {
      if errno == EEXIST { throw .fileExists(path: path) }
      throw .fileFailed(path: path, operation: "create", code: errno)
    }
    do throws(CryptographyError) {
      defer { close(descriptor) }
      try succeed(fchmod(descriptor, 0o600), path, "chmod")
      try writeAll(secret, to: descriptor, path)
      try succeed(fsync(descriptor), path, "fsync")
      try syncFolder(of: path)
    } catch {
      unsafe unlink(path)
      throw error
    }
  }

  private static func writeAll(
    _ secret: borrowing SecretBytes, to descriptor: Int32, _ path: String
  ) throws(CryptographyError) {
    try secret.withBytes { (bytes) throws(CryptographyError) in
      try unsafe bytes.withUnsafeBytes { (buffer) throws(CryptographyError) in
        var written = 0
        while written < buffer.count {
          let got = unsafe Glibc.write(
            descriptor, buffer.baseAddress! + written, buffer.count - written)
          if got < 0 && errno == EINTR { continue }
          guard got > 0 else { throw .fileFailed(path: path, operation: "write", code: errno) }
          written += got
        }
      }
    }
  }

  private static func syncFolder(of path: String) throws(CryptographyError) {
    let folder = path.lastIndex(of: "/").map { path[...$0] } ?? "."
    let descriptor = unsafe open(String(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    try succeed(min(descriptor, 0), path, "open the folder")
    defer { close(descriptor) }
    try succeed(fsync(descriptor), path, "fsync the folder")
  }

  private static func succeed(
    _ result: Int32, _ path: String, _ operation: String
  ) throws(CryptographyError) {
    guard result == 0 else { throw .fileFailed(path: path, operation: operation, code: errno) }
  }
}
