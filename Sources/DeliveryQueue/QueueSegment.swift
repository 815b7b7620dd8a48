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

  static let suffix = ".segment"

  /// Sorted by name, segments are in the order of their events.
  static func path(in folder: String, first: UInt64) -> String {
    let digits = String(first)
    return folder + "/" + String(repeating: "0", count: 20 - digits.count) + digits + suffix
  }
}
