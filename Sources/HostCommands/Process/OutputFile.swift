import Glibc

/// A new file, mode 0600, that a command writes piece by piece; a failure is told at the end.
final class OutputFile {
  private let path: String
  private var descriptor: Int32
  private var waiting = ""
  private var failure: Int32?

  /// Throws when anything stands there already.
  init(newFile path: String) throws(CommandError) {
    self.path = path
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
    descriptor = unsafe open(path, flags, 0o600)
    guard descriptor >= 0 else {
      throw CommandError(
        .cannotCreate, "file", in: path,
        "it could not be created: \(unsafe String(cString: strerror(errno)))",
        "Name a new file in a folder that you may write.")
    }
  }

  /// What was not finished does not stay.
  deinit {
    guard descriptor >= 0 else { return }
    close(descriptor)
    unsafe unlink(path)
  }

  func write(_ text: String) {
    waiting += text
    if waiting.utf8.count >= 65_536 { flush() }
  }

  /// Returns when the whole file is on the disk.
  func finish() throws(CommandError) {
    flush()
    if failure == nil, fsync(descriptor) != 0 { failure = errno }
    if let failure {
      throw CommandError(
        .inputOutput, "file", in: path,
        "it could not be written: \(unsafe String(cString: strerror(failure)))",
        "Free space or name another file, then run the command again.")
    }
    close(descriptor)
    descriptor = -1
  }

  static func write(_ text: String, toNewFile path: String) throws(CommandError) {
    let file = try OutputFile(newFile: path)
    file.write(text)
    try file.finish()
  }

  private func flush() {
    if failure == nil { failure = Descriptor.write(waiting, to: descriptor) }
    waiting = ""
  }
}
