/// What the walk over a call's body gathers.
struct CallVisitor: JSONVisitor {
  private(set) var body = CallBody(.nothing)
  /// Whether the whole body is an object.
  private(set) var isObject = false
  private let isBatch: Bool
  /// The depth of an event's own bracket.
  private let eventDepth: Int
  /// The address of the body's first byte.
  private let origin: UInt
  /// Brackets that are open.
  private var depth = 0
  /// Whether what comes belongs to an event: always, or inside the list `batch`.
  private var isAmongEvents: Bool
  /// The member whose value comes next, or that is being walked.
  private var field = CallField.other
  private var fieldsOfEnvelope: Set<CallField> = []
  private var fieldsOfEvent: Set<CallField> = []
  private var event = CallEvent(range: 0..<0)
  /// Where the bracket of a member's value stands.
  private var valueStart = 0
  /// Where the member that is taken away begins, until its end is known.
  private var cut: Int?
  private var lastMemberEnd: Int?

  init(_ form: CallBody.Form, origin: UInt) {
    isBatch = form == .batch
    eventDepth = isBatch ? 3 : 1
    isAmongEvents = !isBatch
    self.origin = origin
  }
}

// MARK: - Keys

extension CallVisitor {
  mutating func key(
    _ name: UnsafePointer<UInt8>, _ count: Int, escaped: Bool, depth: Int
  ) -> Bool {
    if isAmongEvents {
      if depth == eventDepth {
        field = unsafe CallField(name, count, escaped: escaped)
        beginMember(at: Int(UInt(bitPattern: name) - origin) - 1)
        return field == .other || fieldsOfEvent.insert(field).inserted
      }
      if depth == eventDepth + 1, field == .context {
        event.context?.isEmpty = false
        if unsafe CallField(name, count, escaped: escaped) == .ip { event.context?.hasIP = true }
      }
    } else if depth == 1 {
      field = unsafe CallField(name, count, escaped: escaped)
      return field == .other || fieldsOfEnvelope.insert(field).inserted
    }
    return true
  }

  private mutating func beginMember(at start: Int) {
    event.memberCount += 1
    if let cut {
      event.writeKeyMember = cut..<start
      self.cut = nil
    }
    if field == .writeKey { cut = start }
  }
}

// MARK: - Values

extension CallVisitor {
  mutating func string(_ start: Int, _ end: Int) { value(start..<end, isText: true) }

  mutating func scalar(_ start: Int, _ end: Int, first: UInt8) {
    value(start..<end, isText: false)
  }

  private mutating func value(_ range: Range<Int>, isText: Bool) {
    if isAmongEvents {
      if depth == eventDepth { set(range, isText: isText) }
      if isBatch, depth == 2 { body.events.append(CallEvent(range: range)) }
    } else if depth == 1 {
      if field == .sentAt { body.sentAt = range }
      if field == .writeKey, isText { body.writeKey = range.content }
    }
  }

  mutating func open(_ start: Int, isObject: Bool, depth: Int) {
    self.depth = depth
    if depth == 1 { self.isObject = isObject }
    if isBatch, depth == 2, field == .batch, !isObject {
      isAmongEvents = true
      body.hasBatch = true
    }
    guard isAmongEvents else { return }
    if depth == eventDepth { begin(at: start, isObject: isObject) }
    if depth == eventDepth + 1 {
      valueStart = start
      if field == .context { event.context = CallEvent.Context(inside: isObject ? start + 1 : nil) }
    }
  }

  mutating func close(_ end: Int, depth: Int) {
    self.depth = depth - 1
    guard isAmongEvents else { return }
    if depth == eventDepth { finish(end) }
    if depth == eventDepth + 1 { set(valueStart..<end, isText: false) }
    if isBatch, depth == 2 { isAmongEvents = false }
  }
}

// MARK: - Events

extension CallVisitor {
  private mutating func begin(at start: Int, isObject: Bool) {
    event = CallEvent(range: start..<start)
    event.isObject = isObject
    fieldsOfEvent.removeAll(keepingCapacity: true)
    field = .other
    cut = nil
    lastMemberEnd = nil
  }

  private mutating func set(_ value: Range<Int>, isText: Bool) {
    switch field {
    case .type: event.type = value
    case .sentAt: event.sentAt = value
    case .timestamp: event.timestamp = value
    case .originalTimestamp: event.originalTimestamp = value
    case .receivedAt: event.receivedAt = value
    case .writeKey where isText: event.writeKey = value.content
    case .context where event.context == nil: event.context = CallEvent.Context()
    default: break
    }
    // The last member's comma stands before it; a member that is alone has none.
    if let cut { event.writeKeyMember = (lastMemberEnd ?? cut)..<value.upperBound }
    lastMemberEnd = value.upperBound
    field = .other
  }

  private mutating func finish(_ end: Int) {
    event.range = event.range.lowerBound..<end
    body.events.append(event)
    field = .other
  }
}

extension Range<Int> {
  /// What stands between a string's quotes.
  var content: Range<Int> { lowerBound + 1..<upperBound - 1 }
}
