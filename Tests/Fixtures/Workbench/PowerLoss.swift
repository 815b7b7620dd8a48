internal import Foundation

/// A folder as a disk may hold it when the power goes at any point of what a program did to it.
///
/// Of each file what was synced last is there, and nothing else: no file system promises more. Names that were made,
/// changed or taken away since their folder was synced may be on the disk or not: both are given.
package struct PowerLoss {
  private struct File {
    var bytes: [UInt8] = []
    var synced: [UInt8] = []
    /// Where the next write goes that says nothing else.
    var end: Int { bytes.count }
  }

  private enum Entry: Equatable {
    case folder
    /// By its number.
    case file(Int)
  }

  private typealias Names = [String: Entry]

  private let root: String
  private var files: [File] = []
  private var names: Names = [:]
  private var syncedNames: Names = [:]
  /// By the numbers that the program knows them by.
  private var open: [Int: (path: String, file: Int)] = [:]

  /// - Parameters:
  ///   - root: the folder, before the program runs: all that is there is on the disk.
  ///   - unsynced: a folder in it, of whose files the names alone are on the disk.
  package init(of root: String, unsynced: String? = nil) throws {
    self.root = root
    for name in try FileManager.default.subpathsOfDirectory(atPath: root) {
      let path = root + "/" + name
      let type = try FileManager.default.attributesOfItem(atPath: path)[.type]
      if type as? FileAttributeType == .typeDirectory { names[path] = .folder }
      guard type as? FileAttributeType == .typeRegular else { continue }
      guard let bytes = FileManager.default.contents(atPath: path) else { continue }
      let file = add(Array(bytes))
      if let unsynced, name.hasPrefix(unsynced + "/") { files[file].synced = [] }
      names[path] = .file(file)
    }
    syncedNames = names
  }

  private mutating func add(_ bytes: [UInt8] = []) -> Int {
    files.append(File(bytes: bytes, synced: bytes))
    return files.count - 1
  }

  /// Calls `body` with each different folder that a loss of power may leave before, between and after the calls, written out
  /// at `copy`; and with how many calls there were before it.
  package mutating func forEach(
    of trace: CallTrace, at copy: String, _ body: (_ calls: Int) throws -> Void
  ) throws {
    var seen: Set<[String: [UInt8]]> = []
    for count in 0...trace.calls.count {
      if count > 0 { apply(trace.calls[count - 1]) }
      for names in [names, syncedNames] {
        let image = image(of: names)
        guard seen.insert(image).inserted else { continue }
        try write(image, to: copy)
        try body(count)
      }
    }
  }
}

// MARK: - What a call does

extension PowerLoss {
  private mutating func apply(_ call: CallTrace.Call) {
    switch call {
    case .make(let path, let number, let truncates): make(path, number, truncates)
    case .open(let path, let number): open[number] = known(path).map { (path, $0) }
    case .write(let number, let path, let bytes, let offset):
      if let file = file(number, path) { write(bytes, to: file, at: offset) }
    case .cut(let number, let path, let size):
      guard let file = file(number, path) else { return }
      let more = max(0, size - files[file].bytes.count)
      files[file].bytes = files[file].bytes.prefix(size) + [UInt8](repeating: 0, count: more)
    case .sync(let number, let path):
      if let file = file(number, path) {
        files[file].synced = files[file].bytes
      } else {
        syncNames(in: path)
      }
    case .rename(let old, let new): rename(old, new)
    case .remove(let path), .removeFolder(let path): names[path] = nil
    case .makeFolder(let path): if isInside(path) { names[path] = .folder }
    }
  }

  private func isInside(_ path: String) -> Bool { path.hasPrefix(root + "/") }

  private func known(_ path: String) -> Int? {
    if case .file(let file) = names[path] { file } else { nil }
  }

  /// By its number; by its path where that was opened by another process.
  private func file(_ number: Int, _ path: String) -> Int? {
    guard let opened = open[number] else { return known(path) }
    let isThat = opened.path == path || known(path) == opened.file
    return isThat ? opened.file : known(path)
  }

  private mutating func make(_ path: String, _ number: Int, _ truncates: Bool) {
    open[number] = nil
    guard isInside(path) else { return }
    let file = known(path) ?? add()
    names[path] = .file(file)
    if truncates { files[file].bytes = [] }
    open[number] = (path, file)
  }

  private mutating func write(_ bytes: [UInt8], to file: Int, at offset: Int?) {
    let start = offset ?? files[file].end
    let missing = start + bytes.count - files[file].bytes.count
    if missing > 0 { files[file].bytes += [UInt8](repeating: 0, count: missing) }
    files[file].bytes.replaceSubrange(start..<start + bytes.count, with: bytes)
  }

  private mutating func syncNames(in folder: String) {
    for path in Set(names.keys).union(syncedNames.keys) where Self.folder(of: path) == folder {
      syncedNames[path] = names[path]
    }
  }

  private mutating func rename(_ old: String, _ new: String) {
    for path in names.keys where path == old || path.hasPrefix(old + "/") {
      let moved = names.removeValue(forKey: path)
      if isInside(new) { names[new + path.dropFirst(old.count)] = moved }
    }
  }

  private static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
  }
}

// MARK: - What is left

extension PowerLoss {
  /// Paths below the folder, with the bytes of files; folders end with a slash.
  ///
  /// What stands in no folder that is there is not.
  private func image(of names: Names) -> [String: [UInt8]] {
    var image: [String: [UInt8]] = [:]
    for (path, entry) in names where isReachable(path, in: names) {
      let name = String(path.dropFirst(root.count + 1))
      switch entry {
      case .folder: image[name + "/"] = []
      case .file(let file): image[name] = files[file].synced
      }
    }
    return image
  }

  private func isReachable(_ path: String, in names: Names) -> Bool {
    let folder = Self.folder(of: path)
    return folder == root || (names[folder] == .folder && isReachable(folder, in: names))
  }

  private func write(_ image: [String: [UInt8]], to copy: String) throws {
    let manager = FileManager.default
    if manager.fileExists(atPath: copy) { try manager.removeItem(atPath: copy) }
    let folders = [""] + image.keys.filter { $0.hasSuffix("/") }.sorted()
    for folder in folders {
      try manager.createDirectory(
        atPath: copy + "/" + folder, withIntermediateDirectories: false,
        attributes: [.posixPermissions: 0o700])
    }
    for (name, bytes) in image where !name.hasSuffix("/") {
      try Data(bytes).write(to: URL(fileURLWithPath: copy + "/" + name))
      try manager.setAttributes([.posixPermissions: 0o600], ofItemAtPath: copy + "/" + name)
    }
  }
}
