internal import Glibc

/// An advisory lock on a file, `flock(2)`, held as long as the value lives.
///
/// Two threads of a process exclude each other too, since each opens the file anew.
struct FileLock: ~Copyable {
  private let descriptor: Int32

  /// Takes the descriptor over, which holds the lock already.
  private init(holding descriptor: Int32) { self.descriptor = descriptor }

  deinit { FileLock.letGo(descriptor) }

  /// Closing alone would leave the lock to a process that is being started just now: until its `exec` it holds a copy of
  /// every descriptor.
  private static func letGo(_ descriptor: Int32) {
    _ = flock(descriptor, LOCK_UN)
    close(descriptor)
  }

  /// Runs `body` while nobody else holds the lock; waits for it; makes the file if it is not there.
  static func whileHeld<Result: ~Copyable>(
    _ path: String, _ body: () throws(WorkspaceError) -> Result
  ) throws(WorkspaceError) -> Result {
    let descriptor = try Disk.openFile(path, O_RDWR | O_CREAT)
    defer { letGo(descriptor) }
    while flock(descriptor, LOCK_EX) != 0 {
      guard errno == EINTR else { throw Disk.failed(path, "flock") }
    }
    return try body()
  }

  /// Nil when somebody else holds it.
  static func attempt(_ path: String) throws(WorkspaceError) -> FileLock? {
    let descriptor = try Disk.openFile(path, O_RDWR | O_CREAT)
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return FileLock(holding: descriptor) }
    let failure = Disk.failed(path, "flock")
    let isHeld = errno == EWOULDBLOCK
    close(descriptor)
    guard isHeld else { throw failure }
    return nil
  }

  /// Puts these bytes in place of what the file held.
  func write(_ bytes: [UInt8], path: String) throws(WorkspaceError) {
    guard ftruncate(descriptor, 0) == 0 else { throw Disk.failed(path, "truncate") }
    try Disk.writeAll(bytes, to: descriptor, path)
  }
}
