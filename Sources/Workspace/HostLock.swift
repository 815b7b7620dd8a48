internal import Glibc

/// That one host runs on a workspace, and no second one; let go when the value ends, or the process.
package struct HostLock: ~Copyable {
  private let lock: FileLock

  /// Throws `hostRunning` with the pid of the host that has it.
  package init(_ workspace: Workspace) throws(WorkspaceError) {
    let path = workspace.layout.hostLock
    guard let lock = try FileLock.attempt(path) else {
      throw .hostRunning(path: workspace.layout.root, pid: Self.pid(in: path))
    }
    try lock.write(Array("\(getpid())\n".utf8), path: path)
    self.lock = lock
  }

  static func pid(in path: String) -> Int32? {
    guard let bytes = try? Disk.read(path, limit: 64) else { return nil }
    return Int32(String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
  }
}
