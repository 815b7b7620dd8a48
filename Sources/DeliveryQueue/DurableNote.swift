/// A short text in a file that is written often and synced seldom: one of its two places is always surely on the disk.
///
/// ```
/// place: "SPQN" (4)   length of the text (4)   generation (8)   the text   CRC-32C of all before (4)
/// ```
///
/// A write goes to the place that is not the last synced one, so a torn write costs only what came since then.
/// Used by one thread at a time.
package struct DurableNote: ~Copyable {
  package static let placeLength = 8192
  /// In bytes.
  package static let longest = placeLength - headLength - 4
  private static let magic = Array("SPQN".utf8)
  private static let headLength = 16

  private let path: String
  private let file: Int32
  private let disk: any QueueDisk
  private var generation: UInt64
  private var syncedPlace: Int
  private var isSynced = true
  /// What was written last.
  private var latest: [UInt8] = []
  /// Whether the disk failed since: what it was not given, or lost, a later sync alone would call written.
  private var hasFailed = false

  /// The newest text that could be read when the file was opened.
  package let found: [UInt8]?
  /// Whether there was a file, but nothing in it that could be read.
  package let wasLost: Bool

  /// Opens the file, or makes it; what is synced later is found after a loss of power, as the name is on the disk too.
  package init(path: String, disk: any QueueDisk = SystemDisk()) throws(QueueError) {
    let file = try disk.open(path, .update)
    let newest = Self.newest(in: file, path, disk)
    // A file whose size is not told is taken for one that holds something.
    let size = (try? disk.size(of: file, path)) ?? 1
    do throws(QueueError) {
      if size == 0 { try Self.keepName(of: path, disk) }
      if let newest { try Self.keep(newest, in: file, path, disk) }
    } catch {
      disk.close(file)
      throw error
    }
    found = newest?.text
    generation = newest?.generation ?? 0
    syncedPlace = newest?.place ?? 1
    wasLost = newest == nil && size > 0
    self.path = path
    self.file = file
    self.disk = disk
  }

  /// Makes what was found surely on the disk: a killed process may not have synced it.
  ///
  /// A sync alone does not, as an earlier one may have failed; so it is written again as it is.
  private static func keep(
    _ note: (generation: UInt64, place: Int, text: [UInt8]), in file: Int32, _ path: String,
    _ disk: any QueueDisk
  ) throws(QueueError) {
    let bytes = encoded(note.text, note.generation)
    try disk.write(bytes, to: file, at: note.place * placeLength, path)
    try disk.sync(file, path)
  }

  private static func keepName(of path: String, _ disk: any QueueDisk) throws(QueueError) {
    try disk.syncFolder(path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ".")
  }

  deinit { disk.close(file) }

  /// Writes the text; a host that is killed finds it, a machine that loses power only after ``sync()``.
  package mutating func write(_ text: [UInt8]) throws(QueueError) {
    precondition(text.count <= Self.longest)
    generation += 1
    isSynced = false
    latest = Self.encoded(text, generation)
    hasFailed = true
    try put()
    hasFailed = false
  }

  private static func encoded(_ text: [UInt8], _ generation: UInt64) -> [UInt8] {
    var bytes = magic
    bytes.append(number: UInt32(text.count))
    bytes.append(number: generation)
    bytes += text
    bytes.append(number: CRC32C.checksum(bytes, bytes.indices))
    return bytes
  }

  private func put() throws(QueueError) {
    try disk.write(latest, to: file, at: (1 - syncedPlace) * Self.placeLength, path)
  }

  package mutating func sync() throws(QueueError) {
    guard !isSynced else { return }
    if hasFailed { try put() }
    hasFailed = true
    try disk.sync(file, path)
    hasFailed = false
    syncedPlace = 1 - syncedPlace
    isSynced = true
  }

  /// The readable text with the higher generation, and its place.
  static func newest(
    in file: Int32, _ path: String, _ disk: any QueueDisk
  ) -> (generation: UInt64, place: Int, text: [UInt8])? {
    var newest: (generation: UInt64, place: Int, text: [UInt8])?
    for place in 0..<2 {
      var bytes: [UInt8] = []
      // A disk that failed once is asked once more.
      for _ in 0..<2 {
        do throws(QueueError) {
          try disk.read(placeLength, of: file, at: place * placeLength, into: &bytes, path)
          break
        } catch {
          bytes = []
        }
      }
      guard let read = text(bytes), read.generation >= newest?.generation ?? 0 else { continue }
      newest = (read.generation, place, read.text)
    }
    return newest
  }

  private static func text(_ bytes: [UInt8]) -> (generation: UInt64, text: [UInt8])? {
    guard bytes.count >= headLength + 4, bytes.starts(with: magic) else { return nil }
    let length = Int(bytes.number(at: 4, as: UInt32.self))
    let end = headLength + length
    guard length <= longest, end + 4 <= bytes.count,
      bytes.number(at: end, as: UInt32.self) == CRC32C.checksum(bytes, 0..<end)
    else { return nil }
    return (bytes.number(at: 8), Array(bytes[headLength..<end]))
  }
}
