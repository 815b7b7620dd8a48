internal import Foundation

/// A file system of its own, of a few kilobytes in memory; the right to mount is needed.
package final class SmallDisk {
  package let path: String

  package static let isAllowed = SmallDisk(kilobytes: 64) != nil

  /// Nil where it cannot be mounted.
  package init?(kilobytes: Int) {
    path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    guard Self.mount(path, "size=\(kilobytes)k") else {
      try? FileManager.default.removeItem(atPath: path)
      return nil
    }
  }

  deinit {
    Self.unmount(path)
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Mounts one on a folder that is there, or with `remount` gives it another size.
  package static func mount(_ folder: String, _ options: String) -> Bool {
    run("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder])
  }

  package static func unmount(_ folder: String) { _ = run("umount", ["-l", folder]) }

  private static func run(_ tool: String, _ arguments: [String]) -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [tool] + arguments
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
