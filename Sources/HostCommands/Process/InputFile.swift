import Glibc

/// Small files that an operator names.
enum InputFile {
  /// Reads the whole file; refuses one that is longer than `limit` bytes.
  static func read(_ path: String, limit: Int) throws(CommandError) -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else { throw failure(path, errno) }
    defer { close(descriptor) }
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
