/// What of a queue is settled, as its folder's file `cursor` notes it.
///
/// Version (2), how many ranges (2), low (8), end (8), then each range's start and end (8 each).
struct Cursor: Equatable {
  static let name = "cursor"
  static let mostRanges = 500
  private static let version: UInt16 = 1
  private static let headLength = 20

  var settled: SequenceSet
  /// Behind the number of the last event that was appended, as far as was known.
  var end: UInt64

  init(settled: SequenceSet, end: UInt64) {
    self.settled = settled
    self.end = end
  }

  /// Whether no range was left out, as far as can be told.
  var isWhole: Bool { settled.ranges.count < Self.mostRanges }

  /// Of very many ranges the longest are noted; the events of the others may be sent again after a crash.
  var bytes: [UInt8] {
    var ranges = settled.ranges
    if ranges.count > Self.mostRanges {
      ranges = ranges.sorted { $0.count > $1.count }.prefix(Self.mostRanges)
        .sorted { $0.lowerBound < $1.lowerBound }
    }
    var bytes: [UInt8] = []
    bytes.append(number: Self.version)
    bytes.append(number: UInt16(ranges.count))
    bytes.append(number: settled.low)
    bytes.append(number: end)
    for range in ranges {
      bytes.append(number: range.lowerBound)
      bytes.append(number: range.upperBound)
    }
    return bytes
  }

  /// Nil when the bytes are not one.
  init?(_ bytes: [UInt8]) {
    guard bytes.count >= Self.headLength, bytes.number(at: 0, as: UInt16.self) == Self.version
    else { return nil }
    let count = Int(bytes.number(at: 2, as: UInt16.self))
    guard bytes.count == Self.headLength + 16 * count else { return nil }
    settled = SequenceSet(low: bytes.number(at: 4))
    end = bytes.number(at: 12)
    for place in stride(from: Self.headLength, to: bytes.count, by: 16) {
      let (start, end): (UInt64, UInt64) = (bytes.number(at: place), bytes.number(at: place + 8))
      guard start < end else { return nil }
      settled.insert(start..<end)
    }
  }
}
