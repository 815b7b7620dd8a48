internal import Glibc
internal import Synchronization
package import Workspace

/// Follows the file in which a replica's origin leaves its snapshots, from before the run to its end.
///
/// A newer one is put into force as it comes. One that is refused changes nothing: it is told once, and the run goes on
/// with what it has.
package final class SnapshotFollower: Sendable {
  private let path: String
  private let workspace: Workspace
  private let state: Mutex<State>

  private struct State {
    /// The file as it was last seen, and as it was when it was last taken or refused.
    var seen: FileStamp?
    var handled: FileStamp?
    /// Set after a failure that is not the file's.
    var retry: ContinuousClock.Instant?
  }

  /// Puts the snapshot that is there into force; throws, as ``Workspace/follow(snapshot:signedBy:)``, when it is refused.
  package init(_ path: String, on workspace: Workspace) throws(WorkspaceError) {
    self.path = path
    self.workspace = workspace
    let stamp = FileStamp(path)
    _ = try workspace.follow(snapshot: path)
    state = Mutex(State(seen: stamp, handled: stamp))
  }

  /// Called a few times a second, by one thread.
  ///
  /// - Parameter isAsked: looks at the file also if it is as before.
  func look(isAsked: Bool, _ report: (HostReport) -> Void) {
    let stamp = FileStamp(path)
    let isDue = state.withLock { state in
      defer { state.seen = stamp }
      if let retry = state.retry { return isAsked || retry <= .now }
      // Whoever copies it to its place, instead of moving it there, is waited for.
      return isAsked || stamp != state.handled && stamp == state.seen
    }
    guard isDue else { return }
    state.withLock { state in
      state.handled = stamp
      state.retry = nil
    }
    take(report)
  }

  private func take(_ report: (HostReport) -> Void) {
    do throws(WorkspaceError) {
      switch try workspace.follow(snapshot: path) {
      case .applied(let replica): report(.snapshot(.applied(replica)))
      case .unchanged: report(.snapshot(.unchanged))
      }
    } catch {
      report(.snapshot(.refused("\(error)")))
      if case .snapshot = error { return }
      state.withLock { $0.retry = .now + .seconds(5) }
    }
  }
}

/// What a follower tells.
package enum SnapshotReport: Sendable {
  case applied(Replica)
  /// The one in force is there again.
  case unchanged
  case refused(String)
}

/// Whether a file may be another than before: its place, time and size, not its contents; links are followed.
private struct FileStamp: Equatable {
  private let inode: UInt
  private let device: UInt
  private let size: Int
  private let seconds: Int
  private let nanoseconds: Int

  /// Nil when there is no file.
  init?(_ path: String) {
    var status = Glibc.stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    inode = UInt(status.st_ino)
    device = UInt(status.st_dev)
    size = Int(status.st_size)
    seconds = status.st_mtim.tv_sec
    nanoseconds = status.st_mtim.tv_nsec
  }
}
