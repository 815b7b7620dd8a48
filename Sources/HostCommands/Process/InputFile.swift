import Glibc

/// Files that an operator names.
struct InputFile {
  let descriptor: Int32

  /// Opens a file; `-` and nil stand for standard input.
  static func open(_ path: String?) throws(CommandError) -> InputFile {
    guard let path, path != "-" else { return InputFile(descriptor: STDIN_FILENO) }
    let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else { throw failure(path, errno) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
      Glibc.close(descriptor)
      throw failure(path, EISDIR)
    }
    return InputFile(descriptor: descriptor)
  }

  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Of a plain file, in bytes; nil for anything else.
  var size: Int? {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      return nil
    }
    return Int(status.st_size)
  }

  func close() {
    if descriptor != STDIN_FILENO { Glibc.close(descriptor) }
  }

  /// Reads the whole file; refuses one that is longer than `limit` bytes.
  static func read(_ path: String, limit: Int) throws(CommandError) -> [UInt8] {
    let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else { throw failure(path, errno) }
    defer { Glibc.close(descriptor) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
      let got = unsafe Glibc.read(descriptor, &piece, piece.count)
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw failure(path, errno) }
      if got == 0 { return bytes }
      guard bytes.count + got <= limit else {
        throw CommandError(
          .badData, "file", in: path, "it is longer than \(limit) bytes", "Name the right file.")
      }
      bytes.append(contentsOf: piece[..<got])
    }
  }

  static func failure(_ path: String, _ code: Int32) -> CommandError {
    CommandError(
      code == ENOENT || code == ENOTDIR ? .noInput : code == EACCES ? .notPermitted : .inputOutput,
      "file", in: path, "it could not be read: \(unsafe String(cString: strerror(code)))",
      "Check the path and its permissions.")
  }
}
