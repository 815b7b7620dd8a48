internal import Glibc

/// Whether documents of a workspace may have changed since another stamp: names, times and sizes, no contents.
package struct WorkspaceStamp: Sendable, Equatable {
  private var parts: [String] = []

  fileprivate mutating func add(_ path: String) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return }
    let time = status.st_mtim
    parts.append("\(path) \(status.st_ino) \(status.st_size) \(time.tv_sec).\(time.tv_nsec)")
  }
}

extension Workspace {
  /// Of every document that a run depends on; costs one `lstat` for each.
  package var stamp: WorkspaceStamp {
    var stamp = WorkspaceStamp()
    let names = (try? Disk.names(in: layout.root)) ?? []
    let paths = names.filter { $0.hasSuffix(".json") }.map { "\(layout.root)/\($0)" }
    // What the host itself writes as it runs is no document that it follows.
    for path in paths where path != layout.keySightings { stamp.add(path) }
    for name in (try? Disk.names(in: layout.destinations)) ?? [] {
      stamp.add("\(layout.destinations)/\(name)")
    }
    for name in (try? Disk.names(in: layout.sources)) ?? [] {
      stamp.add("\(layout.sources)/\(name)")
    }
    for name in (try? Disk.names(in: layout.adapters)) ?? [] {
      stamp.add("\(layout.adapters)/\(name)/installed.json")
    }
    return stamp
  }
}
