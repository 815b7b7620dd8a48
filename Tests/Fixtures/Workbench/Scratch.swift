internal import Foundation

/// A folder of one test's own, for nobody else on the machine, removed with it.
package final class Scratch: Sendable {
  package let path: String

  package init() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(
      at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a file in it, whether it is there or not.
  package func file(_ name: String) -> String { path + "/" + name }

  /// The text of a file in it.
  package func text(_ name: String) throws -> String {
    try String(contentsOfFile: file(name), encoding: .utf8)
  }

  /// Writes a file; gives its path.
  @discardableResult
  package func write(_ name: String, _ text: String, mode: Int = 0o600) throws -> String {
    try write(name, text.utf8, mode: mode)
  }

  @discardableResult
  package func write(
    _ name: String, _ bytes: some Sequence<UInt8>, mode: Int = 0o600
  ) throws -> String {
    let file = file(name)
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    try setMode(mode, of: file)
    return file
  }
}
