import Glibc
import Synchronization

/// A disk whose syncs are counted, and fail when they are told to.
final class FailingDisk: Sendable {
  private let state = Mutex((fails: false, calls: 0, size: 0))

  var fails: Bool {
    get { state.withLock { $0.fails } }
    set { state.withLock { $0.fails = newValue } }
  }

  var calls: Int { state.withLock { $0.calls } }
  var sizeAtLastCall: Int { state.withLock { $0.size } }

  var flush: @Sendable (Int32) -> Int32 {
    { [self] descriptor in
      var status = stat()
      _ = unsafe fstat(descriptor, &status)
      return state.withLock { state in
        state.calls += 1
        state.size = Int(status.st_size)
        errno = EIO
        return state.fails ? -1 : fdatasync(descriptor)
      }
    }
  }
}
