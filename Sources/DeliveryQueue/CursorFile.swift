/// The note of what is settled: two places in one file, of which one always holds what is surely on the disk.
///
/// ```
/// place: "SPQC" (4)   version (2)   how many ranges (2)   generation (8)   low (8)   end (8)
///        ranges: start, end (8 each)   CRC-32C of all before (4)
/// ```
///
/// A write goes to the place that is not the last synced one, so a torn write costs only what came since then.
struct CursorFile: ~Copyable {
  static let name = "cursor"
  static let placeLength = 8192
  private static let magic = Array("SPQC".utf8)
  private static let version: UInt16 = 1
  private static let headLength = 32
  static let mostRanges = 500

  private let path: String
  private let file: Int32
  private let disk: any QueueDisk
  private var generation: UInt64
  private var syncedPlace: Int
  private(set) var isSynced = true

  /// What was read: nil when there was no file, or nothing in it could be read.
  struct Content: Equatable {
    var settled: SequenceSet
    /// Behind the number of the last event that was appended, as far as was known.
    var end: UInt64
  }

  /// Opens the file, or makes it; `found` is set to the newest readable note.
  init(
    folder: String, _ disk: any QueueDisk, found: inout Content?, wasLost: inout Bool
  ) throws(QueueError) {
    let path = "\(folder)/\(Self.name)"
    let file = try disk.open(path, .update)
    var newest: (generation: UInt64, place: Int, content: Content)?
    wasLost = false
    do throws(QueueError) {
      let size = try disk.size(of: file, path)
      for place in 0..<2 {
        var bytes: [UInt8] = []
        try disk.read(Self.placeLength, of: file, at: place * Self.placeLength, into: &bytes, path)
        guard let read = Self.content(bytes) else { continue }
        if read.generation >= newest?.generation ?? 0 {
          newest = (read.generation, place, read.content)
        }
      }
      wasLost = newest == nil && size > 0
    } catch {
      wasLost = true
    }
    found = newest?.content
    generation = newest?.generation ?? 0
    syncedPlace = newest?.place ?? 1
    self.path = path
    self.file = file
    self.disk = disk
  }

  deinit { disk.close(file) }

  /// Writes the note; a host that is killed finds it, a machine that loses power only after ``sync()``.
  mutating func write(_ settled: SequenceSet, end: UInt64) throws(QueueError) {
    generation += 1
    isSynced = false
    let place = 1 - syncedPlace
    try disk.write(
      Self.bytes(settled, end, generation), to: file, at: place * Self.placeLength, path)
  }

  mutating func sync() throws(QueueError) {
    guard !isSynced else { return }
    try disk.sync(file, path)
    syncedPlace = 1 - syncedPlace
    isSynced = true
  }

  /// Of very many ranges the longest are noted; the events of the others may be sent again after a crash.
  private static func bytes(
    _ settled: SequenceSet, _ end: UInt64, _ generation: UInt64
  ) -> [UInt8] {
    var ranges = settled.ranges
    if ranges.count > mostRanges {
      ranges = ranges.sorted { $0.count > $1.count }.prefix(mostRanges)
        .sorted { $0.lowerBound < $1.lowerBound }
    }
    var bytes = magic
    bytes.append(number: version)
    bytes.append(number: UInt16(ranges.count))
    bytes.append(number: generation)
    bytes.append(number: settled.low)
    bytes.append(number: end)
    for range in ranges {
      bytes.append(number: range.lowerBound)
      bytes.append(number: range.upperBound)
    }
    bytes.append(number: CRC32C.checksum(bytes, bytes.indices))
    return bytes
  }

  static func content(_ bytes: [UInt8]) -> (generation: UInt64, content: Content)? {
    guard bytes.count >= headLength + 4, bytes.starts(with: magic),
      bytes.number(at: 4, as: UInt16.self) == version
    else { return nil }
    let count = Int(bytes.number(at: 6, as: UInt16.self))
    let length = headLength + 16 * count
    guard length + 4 <= bytes.count,
      bytes.number(at: length, as: UInt32.self) == CRC32C.checksum(bytes, 0..<length)
    else { return nil }
    var settled = SequenceSet(low: bytes.number(at: 16))
    for index in 0..<count {
      let start: UInt64 = bytes.number(at: headLength + 16 * index)
      let end: UInt64 = bytes.number(at: headLength + 16 * index + 8)
      guard start < end else { return nil }
      settled.insert(start..<end)
    }
    return (bytes.number(at: 8), Content(settled: settled, end: bytes.number(at: 24)))
  }
}
