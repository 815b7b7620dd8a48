/// One pass over one event: is it JSON, is it an event of the Segment spec, and where are the values that matter.
///
/// A scanner is reused for event after event and keeps its storage, so that scanning allocates nothing. Use one per
/// thread.
package struct EventScanner: ~Copyable {
  private var visitor: EventVisitor

  /// A scanner that looks for the keys of `selection` inside `context`, `traits` and `properties`, at any depth.
  package init(selecting selection: KeySelection) {
    visitor = EventVisitor(selection: selection)
  }

  /// Scans one event.
  ///
  /// - Parameter bytes: one JSON text without a line end.
  /// - Returns: nil for a valid event, whose places are then in ``shape`` and ``matches``; else what is wrong.
  @inline(__always)
  package mutating func scan(_ bytes: RawSpan) -> EventRejection? {
    visitor.reset()
    if let error = JSONWalker.walk(bytes, &visitor) { return .notJSON(error) }
    return visitor.shape.check(bytes)
  }

  /// Where the fields of the last scanned event are.
  package var shape: EventShape { visitor.shape }

  /// The values of selected keys in the last scanned event, by their start.
  ///
  /// A match may hold others: an object under a selected key is a match, and so is what is selected inside it.
  package var matches: [KeyMatch] { visitor.matches }

  /// A hash of the last scanned event's type, name and keys inside the sections, wherever they stand in their order.
  ///
  /// Events with equal ones have the same keys, but for chance and for what is alike in both: the middle of keys
  /// longer than 16 bytes, and which of two objects of the same depth holds a key. Other in each process.
  package func shapePrint(of event: RawSpan) -> UInt64 {
    let name = visitor.shape.event.content
    return visitor.keysPrint &+ visitor.print.of(event.extracting(name))
      &+ UInt64(visitor.shape.type.rawValue)
  }
}

/// A value that stands under a selected key.
package struct KeyMatch: Sendable, Equatable {
  /// The key's place in the list that the ``KeySelection`` was made from.
  package let key: KeySelection.KeyID
  /// What the value is; never absent.
  package let kind: ValueKind
  /// First byte of the value: its opening quote or bracket, or the first byte of a number or literal.
  package let start: Int
  /// Behind the value's last byte.
  package internal(set) var end: Int

  package init(key: KeySelection.KeyID, kind: ValueKind, start: Int, end: Int) {
    (self.key, self.kind, self.start, self.end) = (key, kind, start, end)
  }
}

struct EventVisitor: JSONVisitor {
  let selection: KeySelection
  var shape = EventShape()
  var matches: [KeyMatch] = []
  let print = KeyPrint()
  private var memory = KeyMemory()
  /// The prints of all keys inside the sections, added up.
  var keysPrint: UInt64 = 0

  /// The field of the top level whose value comes next, or that is being walked.
  private var field = EventField.other
  /// The selected key whose value comes next, or -1.
  private var pending: KeySelection.KeyID = -1
  /// Whether the walk is inside `context`, `traits` or `properties`.
  private var isInside = false
  private var isInIntegrations = false
  /// Matches that are open brackets, innermost last, with their depth.
  private var open: [(match: Int, depth: Int)] = []
  private var unescaped: [UInt8] = []

  init(selection: KeySelection) {
    self.selection = selection
    matches.reserveCapacity(32)
  }

  @inline(__always)
  mutating func reset() {
    shape = EventShape()
    matches.removeAll(keepingCapacity: true)
    open.removeAll(keepingCapacity: true)
    field = .other
    pending = -1
    isInside = false
    isInIntegrations = false
    keysPrint = 0
  }

  @inline(__always)
  mutating func key(
    _ name: UnsafePointer<UInt8>, _ count: Int, escaped: Bool, depth: Int
  ) -> Bool {
    if escaped { return unsafe escapedKey(name, count, depth: depth) }
    if depth == 1 { return unsafe note(EventField(named: name, count)) }
    if isInside {
      let ends = unsafe KeyEnds(of: name, count)
      let keyPrint = print.of(ends)
      pending = unsafe memory.find(name, ends, keyPrint, in: selection)
      keysPrint &+= print.of(ends, keyPrint, depth: depth, in: field)
    }
    return true
  }

  @inline(__always)
  private mutating func note(_ field: EventField) -> Bool {
    self.field = field
    return field == .other || shape.note(field)
  }

  /// The slow way for a key that is written with escapes, such as `"\u0065mail"`.
  ///
  /// A key with a lone surrogate is equal to no key.
  private mutating func escapedKey(
    _ name: UnsafePointer<UInt8>, _ count: Int, depth: Int
  ) -> Bool {
    unescaped.removeAll(keepingCapacity: true)
    let content = unsafe RawSpan(_unsafeStart: name, byteCount: count)
    field = depth == 1 ? .other : field
    guard JSONString.unescape(content, appendingTo: &unescaped), !unescaped.isEmpty else {
      return true
    }
    // A copy, so that the walk may go on changing this visitor while the key is looked at.
    let key = unescaped
    return unsafe key.withUnsafeBufferPointer {
      unsafe self.key($0.baseAddress!, $0.count, escaped: false, depth: depth)
    }
  }

  @inline(__always)
  mutating func string(_ start: Int, _ end: Int) { value(start, end, .string) }

  @inline(__always)
  mutating func scalar(_ start: Int, _ end: Int, first: UInt8) {
    value(start, end, ValueKind(scalarStartingWith: first))
  }

  @inline(__always)
  private mutating func value(_ start: Int, _ end: Int, _ kind: ValueKind) {
    if pending >= 0 {
      matches.append(KeyMatch(key: pending, kind: kind, start: start, end: end))
      pending = -1
    } else if field != .other && !isInside {
      shape.set(field, FieldValue(kind: kind, start: start, end: end))
      field = .other
    }
  }

  @inline(__always)
  mutating func open(_ start: Int, isObject: Bool, depth: Int) {
    if pending >= 0 {
      open.append((matches.count, depth))
      let kind = isObject ? ValueKind.object : .array
      matches.append(KeyMatch(key: pending, kind: kind, start: start, end: start))
      pending = -1
    } else if depth == 2 {
      isInside = field.isSection
      isInIntegrations = field == .integrations
      shape.set(
        field, FieldValue(kind: isObject ? .object : .array, start: start, end: start))
      // What stands inside is not the field's value.
      if !isInside { field = .other }
    } else if depth == 1 {
      shape.isObject = isObject
    }
  }

  @inline(__always)
  mutating func close(_ end: Int, depth: Int) {
    if let last = open.last, last.depth == depth {
      matches[last.match].end = end
      open.removeLast()
    }
    if depth == 2 {
      if isInIntegrations { shape.endIntegrations(end) }
      isInIntegrations = false
      isInside = false
      field = .other
    }
  }
}
