internal import Glibc

/// The log's files in its folder, by name.
struct AuditFolder: Sendable {
  let path: String
  /// A segment that has reached this size is followed by the next.
  var segmentSize = 64 << 20
  /// Brings a file's bytes to the disk; another one only to test what a failing disk does.
  var flush: @Sendable (Int32) -> Int32 = { fdatasync($0) }

  var lock: String { path + "/lock" }

  func segment(_ number: Int) -> String { path + "/" + AuditFolder.name(number) }

  func tornTail(_ number: Int, _ offset: Int) -> String { "\(path)/torn-\(number)-\(offset)" }

  func exists(_ number: Int) -> Bool { unsafe access(segment(number), F_OK) == 0 }

  func file(_ number: Int, writing: Bool) throws(AuditError) -> SegmentFile {
    try SegmentFile(path: segment(number), writing: writing, flush: flush)
  }

  /// The highest number of a segment; 0 for none.
  ///
  /// One that is missing below it is not passed over: whoever reads them all misses it.
  func lastSegment() throws(AuditError) -> Int {
    guard let listing = unsafe opendir(path) else { throw .cannotOpen(path: path, code: errno) }
    defer { unsafe closedir(listing) }
    var last = 0
    while let entry = unsafe readdir(listing) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
      }
      last = max(last, AuditFolder.number(of: name) ?? 0)
    }
    return last
  }

  /// Makes the names in the folder durable.
  func sync() throws(AuditError) {
    let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .cannotOpen(path: path, code: errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .notDurable(path: path, code: errno) }
  }

  private static func name(_ number: Int) -> String {
    let digits = String(number)
    return "audit-\(String(repeating: "0", count: max(0, 6 - digits.count)))\(digits).jsonl"
  }

  /// The number in a segment's name; nil for any other file.
  private static func number(of name: String) -> Int? {
    guard name.hasPrefix("audit-"), name.hasSuffix(".jsonl"),
      let number = Int(name.dropFirst("audit-".count).dropLast(".jsonl".count)), number > 0,
      name == AuditFolder.name(number)
    else { return nil }
    return number
  }
}
