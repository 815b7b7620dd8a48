internal import Glibc

/// The host that runs on a workspace.
package struct HostProcess: Sendable, Equatable {
  /// As the host wrote it; nil while it has not yet.
  package let pid: Int32?
}

extension Workspace {
  /// The host that runs on this workspace now; nil when none does.
  ///
  /// Takes no lock, since a lock that is tried would keep a host from starting: the kernel's list is read (proc_locks(5)).
  package func hostProcess() throws(WorkspaceError) -> HostProcess? {
    var status = stat()
    guard unsafe stat(layout.hostLock, &status) == 0 else { return nil }
    let list = try Disk.read("/proc/locks", limit: 16 << 20)
    let inode = ":\(status.st_ino)"
    let isHeld = String(decoding: list, as: UTF8.self).split(separator: "\n").contains { line in
      let words = line.split(separator: " ")
      return words.contains("FLOCK") && words.contains("WRITE") && !words.contains("->")
        && words.contains { $0.hasSuffix(inode) && $0.split(separator: ":").count == 3 }
    }
    return isHeld ? HostProcess(pid: HostLock.pid(in: layout.hostLock)) : nil
  }
}
