internal import DeliveryQueue

/// When events that are being sent again were sent first, so that a restart of the host begins no patience anew.
///
/// As text, for a ``DurableNote``: version (2), how many ranges (2), and for each the numbers of its first event and
/// behind its last (8 each) and when the earliest of them was sent first, milliseconds since 1970 (8). Events that
/// follow each other and were sent in the same second are one range.
struct FirstAttempts {
  static let mostRanges = 330
  private static let version: UInt16 = 1

  private struct Noted {
    let sequences: Range<UInt64>
    let moment: Moment
  }

  /// Of this run.
  private var moments: [UInt64: Moment] = [:]
  /// Of earlier ones, in the order of their numbers.
  private var earlier: [Noted] = []
  /// Whether the text is another than when it was asked for last.
  private(set) var hasChanged = false

  /// When the event was sent first; that is now, for one that was not sent before.
  mutating func moment(of sequence: UInt64, at now: Moment) -> Moment {
    if let known = moments[sequence] { return known }
    let first = earlier.first { $0.sequences.contains(sequence) }?.moment ?? now
    moments[sequence] = first
    hasChanged = true
    return first
  }

  /// The event is settled.
  mutating func forget(_ sequence: UInt64) {
    if moments.removeValue(forKey: sequence) != nil { hasChanged = true }
  }

  // MARK: - As text

  /// - Parameter isWaiting: whether an event of these numbers is not settled; nothing is noted of others.
  mutating func text(
    at now: Moment, wallMilliseconds: Int64, isWaiting: (Range<UInt64>) -> Bool
  ) -> [UInt8] {
    hasChanged = false
    earlier.removeAll { !isWaiting($0.sequences) }
    var bytes: [UInt8] = []
    // Of very many the oldest are noted: the others' patience would begin anew, so nothing is lost.
    let ranges = (earlier + joined()).sorted { $0.moment < $1.moment }.prefix(Self.mostRanges)
    bytes.append(number: Self.version)
    bytes.append(number: UInt16(ranges.count))
    for range in ranges {
      let age = range.moment.duration(to: now) / .milliseconds(1)
      bytes.append(number: range.sequences.lowerBound)
      bytes.append(number: range.sequences.upperBound)
      bytes.append(number: wallMilliseconds - Int64(age.rounded()))
    }
    return bytes
  }

  private func joined() -> [Noted] {
    var ranges: [Noted] = []
    for (sequence, moment) in moments.sorted(by: { $0.key < $1.key }) {
      if let last = ranges.last, last.sequences.upperBound == sequence,
        (.seconds(-1) ... .seconds(1)).contains(last.moment.duration(to: moment))
      {
        ranges[ranges.count - 1] = Noted(
          sequences: last.sequences.lowerBound..<sequence + 1, moment: min(last.moment, moment))
      } else {
        ranges.append(Noted(sequences: sequence..<sequence + 1, moment: moment))
      }
    }
    return ranges
  }

  /// Takes up what an earlier run noted; a text that is none is nothing.
  ///
  /// A time of day that lies ahead counts as now, so a clock that went back makes nobody wait longer than a full patience.
  mutating func take(
    _ text: [UInt8], at now: Moment, wallMilliseconds: Int64, isWaiting: (Range<UInt64>) -> Bool
  ) {
    guard text.count >= 4, text.number(at: 0, as: UInt16.self) == Self.version,
      text.count == 4 + 24 * Int(text.number(at: 2, as: UInt16.self))
    else { return }
    for place in stride(from: 4, to: text.count, by: 24) {
      let (start, end): (UInt64, UInt64) = (text.number(at: place), text.number(at: place + 8))
      let age = max(0, wallMilliseconds &- text.number(at: place + 16, as: Int64.self))
      guard start < end, isWaiting(start..<end) else { continue }
      earlier.append(
        Noted(sequences: start..<end, moment: now.advanced(by: .milliseconds(-age))))
    }
  }
}
