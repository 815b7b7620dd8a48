internal import Glibc

/// The log's files in its folder, by name, and its keys in theirs.
struct AuditFolder: Sendable {
  let path: String
  /// Where the private keys are.
  let keys: String
  /// A segment that has reached this size is followed by the next.
  var segmentSize = 64 << 20
  /// Asked before each step on the disk; another one only to test what a failing disk or a crash does.
  var disk: @Sendable (DiskStep, String) -> Int32 = { _, _ in 0 }

  /// What is done to a file, by its path.
  enum DiskStep: Sendable { case create, write, sync, rename, remove }

  var lock: String { path + "/lock" }

  func segment(_ number: Int) -> String { path + "/" + AuditFolder.name(number) + ".jsonl" }

  /// The last checkpoint of a segment.
  func checkpoint(_ number: Int) -> String {
    path + "/" + AuditFolder.name(number) + ".checkpoint"
  }

  /// What is left of segments that were kept long enough.
  var expired: String { path + "/expired" }

  func tornTail(_ number: Int, _ offset: Int) -> String { "\(path)/torn-\(number)-\(offset)" }

  func exists(_ number: Int) -> Bool { unsafe access(segment(number), F_OK) == 0 }

  func file(_ number: Int, writing: Bool) throws(AuditError) -> SegmentFile {
    if writing, !exists(number) { try step(.create, segment(number)) }
    return try SegmentFile(path: segment(number), writing: writing, disk: disk)
  }

  /// The highest number of a segment; 0 for none.
  ///
  /// One that is missing below it is not passed over: whoever reads them all misses it.
  func lastSegment() throws(AuditError) -> Int {
    try AuditFolder.names(in: path)
      .compactMap { AuditFolder.number(of: $0, ending: ".jsonl") }.max() ?? 0
  }

  /// Fails as the disk was told to.
  func step(_ step: DiskStep, _ path: String) throws(AuditError) {
    let code = disk(step, path)
    guard code == 0 else { throw .cannotWrite(path: path, code: code) }
  }
}

// MARK: - Names

extension AuditFolder {
  static func name(_ number: Int) -> String {
    let digits = String(number)
    return "audit-\(String(repeating: "0", count: max(0, 6 - digits.count)))\(digits)"
  }

  /// The number in a name; nil for any other file.
  static func number(of name: String, ending: String) -> Int? {
    guard name.hasPrefix("audit-"), name.hasSuffix(ending),
      let number = Int(name.dropFirst("audit-".count).dropLast(ending.count)), number > 0,
      name == AuditFolder.name(number) + ending
    else { return nil }
    return number
  }

  static func names(in path: String) throws(AuditError) -> [String] {
    guard let listing = unsafe opendir(path) else { throw .cannotOpen(path: path, code: errno) }
    defer { unsafe closedir(listing) }
    var names: [String] = []
    while let entry = unsafe readdir(listing) {
      names.append(
        unsafe withUnsafePointer(to: &entry.pointee.d_name) {
          unsafe String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
        })
    }
    return names
  }
}

// MARK: - Whole files

extension AuditFolder {
  /// Makes the names in a folder durable: the log's own, unless another is named.
  func sync(_ folder: String? = nil) throws(AuditError) {
    let folder = folder ?? path
    let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .cannotOpen(path: folder, code: errno) }
    defer { close(descriptor) }
    let code = disk(.sync, folder)
    guard code == 0 else { throw .notDurable(path: folder, code: code) }
    guard fsync(descriptor) == 0 else { throw .notDurable(path: folder, code: errno) }
  }

  /// The old bytes or the new ones under the name, whatever happens; durable on return.
  ///
  /// Under the folder's lock, so that one name for what is not finished is enough.
  func replace(_ path: String, with bytes: [UInt8]) throws(AuditError) {
    let new = self.path + "/new"
    let file = try SegmentFile(path: new, writing: true, disk: disk)
    file.takeBack(to: 0)
    try file.append(bytes, size: 0)
    try file.sync()
    try rename(new, to: path)
  }

  func rename(_ old: String, to new: String) throws(AuditError) {
    try step(.rename, new)
    guard unsafe Glibc.rename(old, new) == 0 else { throw .cannotWrite(path: new, code: errno) }
    try sync(AuditFolder.parent(of: new))
  }

  private static func parent(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  }

  /// Where the log begins when segments of it have expired; nil when it is whole.
  func readExpired() throws(AuditError) -> ExpiredPart? {
    guard let bytes = try readNote(expired) else { return nil }
    return try ExpiredPart(bytes, path: expired)
  }

  /// The last checkpoint of a segment; nil when it has none.
  ///
  /// Throws `tampered` for a file that is no checkpoint.
  func readCheckpoint(_ number: Int) throws(AuditError) -> Checkpoint? {
    let path = checkpoint(number)
    guard let bytes = try readNote(path) else { return nil }
    do throws(AuditError) {
      return try Checkpoint(bytes, path: path)
    } catch {
      guard case .notACheckpoint(_, let reason) = error else { throw error }
      throw .tampered(path: path, sequence: 0, offset: 0, reason: reason)
    }
  }

  private func readNote(_ path: String) throws(AuditError) -> [UInt8]? {
    guard unsafe access(path, F_OK) == 0 else { return nil }
    let file = try SegmentFile(path: path, writing: false)
    var bytes = [UInt8](repeating: 0, count: SignedNote.longest + 1)
    let count = try file.read(into: &bytes, from: 0)
    return Array(bytes.prefix(count))
  }

  /// Removes a file; one that is not there is right.
  func remove(_ path: String) throws(AuditError) {
    guard unsafe access(path, F_OK) == 0 else { return }
    try step(.remove, path)
    guard unsafe unlink(path) == 0 else { throw .cannotWrite(path: path, code: errno) }
  }
}
