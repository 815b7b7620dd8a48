/// What of a queue could not be read; it was set aside, and the rest is delivered.
package struct QueueDamage: Sendable, Equatable {
  package enum Kind: String, Sendable {
    /// The end of a segment that a crash cut off: it was never acknowledged to a source.
    case tornTail
    /// A record in the middle whose bytes are not those that were written.
    case damagedRecord
    /// A file that is no segment, or that the disk does not give.
    case unreadableSegment
    /// The note of what was delivered: events may arrive twice.
    case lostCursor
    /// Events that were accepted, that were not delivered, and that no segment has any more.
    case lostEvents
  }

  package let kind: Kind
  /// Where its bytes were set aside; nil when there was nothing to keep, or no room to keep it.
  package let setAside: String?
  package let bytes: Int
  /// That are lost with it, as far as that can be known.
  package var events = 0
}

extension QueueDamage: CustomStringConvertible {
  package var description: String {
    let place = setAside.map { "; set aside in \"\($0)\"" } ?? ""
    return switch kind {
    case .tornTail:
      "\(bytes) bytes at the end of a segment were not written to their end\(place)"
    case .damagedRecord:
      "\(bytes) bytes of a segment are damaged\(events > 0 ? ": \(events) events are lost" : "")\(place)"
    case .unreadableSegment: "a segment of \(bytes) bytes cannot be read\(place)"
    case .lostCursor:
      "the note of what was delivered cannot be read: events that were delivered may be sent again"
    case .lostEvents:
      "\(events) events are lost: they were accepted, and no segment has them any more"
    }
  }
}
