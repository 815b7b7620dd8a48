internal import Glibc

/// Whether a folder may be opened as a workspace.
enum WorkspaceFolder {
  /// Throws `noSuchFolder`, `notAFolder`, `ownerDiffers`, `openToOthers`, `notAWorkspace` or `unwritable`.
  static func check(_ layout: WorkspaceLayout) throws(WorkspaceError) {
    let path = layout.root
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { throw .noSuchFolder(path: path) }
      throw Disk.failed(path, "stat")
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw .notAFolder(path: path) }
    guard status.st_uid == geteuid() else {
      throw .ownerDiffers(path: path, owner: status.st_uid, user: geteuid())
    }
    try checkWorkspace(layout, mode: status.st_mode & 0o777)
  }

  private static func checkWorkspace(
    _ layout: WorkspaceLayout, mode: mode_t
  ) throws(WorkspaceError) {
    if unsafe access(layout.settings, F_OK) != 0 && errno == ENOENT {
      throw .notAWorkspace(path: layout.root)
    }
    guard mode & 0o077 == 0 else { throw .openToOthers(path: layout.root, mode: mode) }
    guard mode & 0o700 == 0o700, unsafe access(layout.root, R_OK | W_OK | X_OK) == 0 else {
      throw .unwritable(path: layout.root)
    }
  }

  /// Whether nothing stands there, or an empty folder.
  static func isFree(_ path: String) throws(WorkspaceError) -> Bool {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else {
      if errno == ENOENT { return true }
      throw Disk.failed(path, "stat")
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { return false }
    return try Disk.isEmpty(path)
  }
}
