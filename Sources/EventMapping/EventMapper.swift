internal import EventJSON

/// The members of an object that a mapping made.
package enum MappedObject {
  /// Of each the key between its quotes, and the value; in order.
  package static func members(of object: RawSpan) -> [(key: Range<Int>, value: Range<Int>)] {
    JSONMembers.all(of: object).map { ($0.key, $0.value.range) }
  }
}

/// Makes what a mapping says of one event after the other; one walk over each, and its storage is used again.
///
/// Use one on each thread.
package struct EventMapper: ~Copyable {
  /// What became of an event.
  package enum Result: Sendable, Equatable {
    /// One JSON object was appended.
    case mapped
    /// The mapping has no table for events of its kind.
    case noTable
    /// Its table gives no object for this event.
    case nothing
    /// The event is no JSON.
    case notJSON
  }

  private let mapping: EventMapping
  private var scanner: PathScanner

  package init(_ mapping: EventMapping) {
    self.mapping = mapping
    scanner = PathScanner(mapping.paths)
  }

  /// Appends what the table for that kind makes of the event; where the result is another, nothing.
  ///
  /// - Parameter kind: as `EventType.rawValue` has it, and the adapters' header.
  package mutating func map(
    _ event: RawSpan, kind: UInt32, appendingTo out: inout [UInt8]
  ) -> Result {
    guard Int(kind) < mapping.tables.count, let table = mapping.tables[Int(kind)] else {
      return .noTable
    }
    guard scanner.scan(event) else { return .notJSON }
    let start = out.count
    let made = table.append(from: event, scanner, to: &out)
    guard made == .object else {
      out.removeSubrange(start...)
      return .nothing
    }
    return .mapped
  }
}
