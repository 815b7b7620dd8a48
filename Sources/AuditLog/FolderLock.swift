internal import Glibc

/// Keeps the other processes and threads out of the folder while it lives.
struct FolderLock: ~Copyable {
  private let descriptor: Int32

  /// Waits until nobody else writes, or reads an end that is being written.
  init(writing folder: AuditFolder) throws(AuditError) {
    let path = folder.lock
    descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
    guard descriptor >= 0 else { throw .cannotOpen(path: path, code: errno) }
    while flock(descriptor, LOCK_EX) != 0 {
      guard errno == EINTR else { throw .cannotOpen(path: path, code: errno) }
    }
  }

  /// Waits until nobody writes; where there is no lock, as in a copy, there is nothing to wait for.
  init(reading folder: AuditFolder) {
    descriptor = unsafe open(folder.lock, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    while descriptor >= 0, flock(descriptor, LOCK_SH) != 0, errno == EINTR {}
  }

  // A process that is being started just now has a copy of the descriptor, and closing alone would leave the lock to it.
  deinit {
    guard descriptor >= 0 else { return }
    _ = flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}
