import Glibc
import Synchronization

@testable import AuditLog

/// A disk whose steps are counted, and fail when they are told to.
final class FailingDisk: Sendable {
  private struct State {
    var failing: AuditFolder.DiskStep?
    var path = ""
    var syncs = 0
    var size = 0
  }

  private let state = Mutex(State())

  /// From now on every step of that kind on files whose path ends so fails with EIO; nil: none.
  func fail(_ step: AuditFolder.DiskStep?, at path: String = "") {
    state.withLock { ($0.failing, $0.path) = (step, path) }
  }

  /// Syncs of segments, and the size of the file at the last one.
  var syncs: Int { state.withLock { $0.syncs } }
  var sizeAtLastSync: Int { state.withLock { $0.size } }

  var step: @Sendable (AuditFolder.DiskStep, String) -> Int32 {
    { [self] step, path in
      var status = stat()
      _ = unsafe lstat(path, &status)
      return state.withLock { state in
        if step == .sync, path.hasSuffix(".jsonl") {
          state.syncs += 1
          state.size = Int(status.st_size)
        }
        return step == state.failing && path.hasSuffix(state.path) ? EIO : 0
      }
    }
  }
}
