/// A segment as the queue knows it: its file, and which events are in it.
struct QueueSegment: Sendable {
  let path: String
  /// The number of its first event, and behind that of its last.
  var sequences: Range<UInt64>
  var size: Int
  /// When its first record was appended, milliseconds since 1970.
  var firstUnixMilliseconds: Int64
  /// Whether records are still appended to it.
  var isActive: Bool
  /// Whether it is set aside whole, under ``keptPath``, when all in it is settled.
  var isKept = false

  static let suffix = ".segment"

  var keptPath: String { path + DamagedBytes.suffix }

  /// Takes its file away, for nothing in it is owed any more.
  func leave(_ disk: any QueueDisk) throws(QueueError) {
    if isKept { try disk.rename(path, to: keptPath) } else { try disk.remove(path) }
  }

  /// Sorted by name, segments are in the order of their events.
  static func path(in folder: String, first: UInt64) -> String {
    let digits = String(first)
    return folder + "/" + String(repeating: "0", count: 20 - digits.count) + digits + suffix
  }
}
