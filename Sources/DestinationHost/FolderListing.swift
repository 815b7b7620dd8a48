internal import Foundation
internal import Glibc
internal import Ingest
internal import Workspace

/// What a file is, whatever it is called: another name does not make it another file.
struct FileIdentity: Hashable {
  let device: UInt64
  let inode: UInt64
}

/// The files of a folder that hold lines.
enum FolderListing {
  struct File {
    let name: String
    let identity: FileIdentity
    let size: Int
  }

  /// What a writer calls a file that it has not finished.
  private static let unfinished = [".tmp", ".part"]

  /// Plain files in the order of their names' bytes; no links, no hidden ones, none that says it is not finished.
  ///
  /// Throws `IngestError` when the folder cannot be listed.
  static func files(of folder: String) throws(IngestError) -> [File] {
    try names(in: folder)
      .filter { name in !unfinished.contains(where: name.hasSuffix) }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      .compactMap { file(named: $0, in: folder) }
  }

  private static func names(in folder: String) throws(IngestError) -> [String] {
    guard let stream = unsafe opendir(folder) else { throw .readFailed(code: errno) }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) {
        unsafe String(validating: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if let name, !name.hasPrefix(".") { names.append(name) }
    }
    return names
  }

  private static func file(named name: String, in folder: String) -> File? {
    var status = stat()
    guard unsafe lstat("\(folder)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      return nil
    }
    return File(
      name: name,
      identity: FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino)),
      size: Int(status.st_size))
  }
}

/// The notes how far each file of a folder was read: one for each file, by what it is, not by its name.
struct FolderNotes {
  private let folder: String
  /// A note of a file that is gone is kept so long: a disk that was away comes back with its files.
  private static let longest = 7.0 * 24 * 3600

  init(of path: String, in workspace: Workspace) throws {
    folder = try InputPosition.note(of: path, in: workspace)
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  func path(of file: FileIdentity) -> String { "\(folder)/\(Self.name(of: file))" }

  /// Removes the notes of files that went long ago.
  func forget(allBut present: Set<FileIdentity>) {
    let wanted = Set(present.map(Self.name))
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names where !wanted.contains(name) {
      let path = "\(folder)/\(name)"
      let changed = try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate]
      guard let changed = changed as? Date, -changed.timeIntervalSinceNow > Self.longest else {
        continue
      }
      try? FileManager.default.removeItem(atPath: path)
    }
  }

  private static func name(of file: FileIdentity) -> String { "\(file.device)-\(file.inode)" }
}
