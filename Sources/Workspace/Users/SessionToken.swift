internal import Cryptography
internal import Glibc

/// What proves a session: 32 random bytes, in a file of the user's; the workspace knows only their SHA-256.
package struct SessionToken: Sendable, Equatable {
  static let recordPrefix = "session-"
  private static let length = 32

  private let hexadecimal: String

  /// A new one.
  init() { hexadecimal = Names.random(2 * Self.length) }

  /// The name of the workspace's record of it.
  var recordName: String { Self.recordPrefix + SHA256.hash(Array(hexadecimal.utf8)).hex }
}

// MARK: - The user's file

extension SessionToken {
  /// Where the user keeps it: `<folder>/<workspace id>.session`, mode 0600, the folder 0700.
  package static func file(of workspace: Workspace, in folder: String) -> String {
    "\(folder)/\(workspace.id).session"
  }

  /// Nil when there is no file; throws `sessionFile` for one that is not a file of this user's alone.
  package init?(readingFile path: String) throws(WorkspaceError) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw Disk.failed(path, "stat")
    }
    func refused(_ reason: String) -> WorkspaceError {
      .access(.sessionFile(path: path, reason: reason))
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw refused("it is not a plain file") }
    guard status.st_uid == geteuid() else { throw refused("it belongs to another user") }
    guard status.st_mode & 0o077 == 0 else { throw refused("its mode lets others in") }
    guard status.st_size <= 128 else { throw refused("it holds no session") }
    let text = String(decoding: try Disk.read(path, limit: 128), as: UTF8.self)
    guard text.hasSuffix("\n"), SHA256Digest(hex: String(text.dropLast())) != nil else {
      throw refused("it holds no session")
    }
    hexadecimal = String(text.dropLast())
  }

  /// Puts it in place of one that stood there.
  package func write(toFile path: String) throws(WorkspaceError) {
    try Disk.makeFolders(Disk.parent(of: path))
    try Disk.replace(path, with: Array("\(hexadecimal)\n".utf8))
  }

  package static func removeFile(_ path: String) throws(WorkspaceError) {
    if Disk.exists(path) { try Disk.remove(path) }
  }
}
