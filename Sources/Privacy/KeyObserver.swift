package import EventJSON

/// Watches which keys go by, at almost no cost for events like those it has seen; one per thread.
///
/// Events with the same keys, the same type and the same name have the same shape, known by a hash. A new shape is
/// looked at closely (``KeyLedger``); of a known one only the count grows, and one event now and then is looked at
/// again, for values that a matcher reads and for keys that the hash does not tell apart.
package struct KeyObserver: ~Copyable {
  /// Shapes that are told apart; each source of events has some dozens.
  static let mostShapes = 1_024
  /// How many events of a shape are looked at first, and one of how many after that.
  private static let looksAtFirst = 4
  private static let looksAgainEvery = 1_024
  /// One of how many events is looked at whose shape found no room.
  private static let looksAtOthersEvery = 64

  private let ledger: KeyLedger
  private let report: (ClearWarning) -> Void
  /// Open addressing by print; 0 is free.
  private var prints = [UInt64](repeating: 0, count: mostShapes * 4)
  private var numbers = [Int32](repeating: 0, count: mostShapes * 4)
  private var shapes: [Shape] = []
  private var touched: [Int] = []
  private var others = 0
  /// Seconds since 1970, of the events that come now.
  package var now = 0
  /// The id of the source that they come from; to be changed only after ``settle()``.
  package var source: String

  private struct Shape {
    var places: [Int]
    let type: EventType
    let name: String?
    var seen = 1
    /// Not told to the ledger yet.
    var pending = 1
  }

  package init(
    _ ledger: KeyLedger, source: String, report: @escaping (ClearWarning) -> Void
  ) {
    self.ledger = ledger
    self.source = source
    self.report = report
  }

  /// Takes note of one scanned event.
  @inline(__always)
  package mutating func observe(_ event: RawSpan, _ shape: EventShape, print: UInt64) {
    var slot = Int(truncatingIfNeeded: print) & (prints.count - 1)
    while prints[slot] != print {
      guard prints[slot] != 0 else { return meet(event, shape, print, slot) }
      slot = (slot + 1) & (prints.count - 1)
    }
    let number = Int(numbers[slot])
    if shapes[number].pending == 0 { touched.append(number) }
    shapes[number].pending += 1
    shapes[number].seen += 1
    if isDue(shapes[number].seen) { look(event, again: number) }
  }

  /// Tells the ledger what was counted; to be called now and then.
  package mutating func settle() {
    for number in touched {
      let shape = shapes[number]
      ledger.count(
        shape.places, events: shape.pending, type: shape.type, name: shape.name, from: source,
        at: now)
      shapes[number].pending = 0
    }
    touched.removeAll(keepingCapacity: true)
    if others > 0 { ledger.addEventsNotCounted(others) }
    others = 0
  }

  @inline(__always)
  private func isDue(_ seen: Int) -> Bool {
    seen <= Self.looksAtFirst || seen % Self.looksAgainEvery == 0
  }

  private mutating func look(_ event: RawSpan, again number: Int) {
    let (places, warnings) = ledger.look(event, from: source, at: now)
    for place in places where !shapes[number].places.contains(place) {
      shapes[number].places.append(place)
    }
    warnings.forEach(report)
  }

  /// An event of a shape that is not known yet.
  private mutating func meet(_ event: RawSpan, _ shape: EventShape, _ print: UInt64, _ slot: Int) {
    guard shapes.count < Self.mostShapes, print != 0 else {
      others += 1
      if others % Self.looksAtOthersEvery == 1 {
        ledger.look(event, from: source, at: now).warnings.forEach(report)
      }
      return
    }
    let (places, warnings) = ledger.look(event, from: source, at: now)
    prints[slot] = print
    numbers[slot] = Int32(shapes.count)
    touched.append(shapes.count)
    shapes.append(Shape(places: places, type: shape.type, name: shape.eventName(in: event)))
    warnings.forEach(report)
  }
}

extension EventShape {
  /// The name of a `track` event, as it is kept.
  fileprivate func eventName(in event: RawSpan) -> String? {
    guard self.event.kind == .string else { return nil }
    var name: [UInt8] = []
    let content = event.extracting(self.event.content)
    guard JSONString.unescape(content, appendingTo: &name) else { return SightedName.placeholder }
    return SightedName.kept(name)
  }
}
