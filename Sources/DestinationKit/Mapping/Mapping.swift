internal import EventMapping

/// What a destination is told of each kind of event, as data: `adapter.json` has the tables, an operator may put others
/// in their place, and the host hands over those that count as the setting `mapping`.
///
/// An adapter takes it with its settings (``SettingValues/mapping()``) and makes what it sends of a batch with
/// ``map(_:)``. A table is the JSON that shall be sent, with directives where something of the event belongs:
///
/// ```json
/// "track": {
///   "event": {"@path": "$.event"},
///   "id": {"@path": "$.userId", "else": {"@path": "$.anonymousId"}},
///   "time": {"@time": {"@path": "$.timestamp"}, "as": "milliseconds"},
///   "label": {"@template": "{{event}} on {{properties.plan}}"},
///   "email": {"@if": {"exists": {"@path": "$.context.traits.email"}, "then": {"@path": "$.context.traits.email"}}},
///   "properties": {"@merge": [{"@omit": ["plan"], "from": {"@path": "$.properties"}}, {"source": "sealpost"}]},
///   "items": {"@arrayPath": ["$.properties.products", {"sku": {"@path": "$.sku"}}]}
/// }
/// ```
///
/// A value that is not there leaves its member out. Values are copied byte by byte, never rewritten or cut, so that
/// ciphertext arrives as it was sealed; only `@time` makes another value, and only of a time. All directives stand in
/// `Plugins/README.md`.
public struct Mapping: Decodable, Sendable {
  private let mapping: EventMapping

  /// From JSON; throws an ``AdapterProblem`` that names everything that is wrong with it.
  public init(_ json: String) throws {
    do {
      mapping = try EventMapping(Array(json.utf8))
    } catch {
      throw AdapterProblem.setting("mapping", "\(error)", mend: "Mend it there.")
    }
  }

  /// From the setting, which is a text.
  public init(from decoder: any Decoder) throws {
    try self.init(decoder.singleValueContainer().decode(String.self))
  }

  /// What the destination is told of the batch's events, in their order.
  public func map(_ batch: borrowing Batch) -> MappedEvents {
    var mapper = EventMapper(mapping)
    var events = MappedEvents(count: batch.count)
    batch.forEachEvent { event in
      event.withJSON { events.append($0, event.type, &mapper) }
    }
    return events
  }

  /// What the destination is told of one event; nil where its table gives nothing.
  public func map(_ event: RawSpan, type: EventType) -> [UInt8]? {
    var mapper = EventMapper(mapping)
    var out: [UInt8] = []
    return mapper.map(event, kind: type.rawValue, appendingTo: &out) == .mapped ? out : nil
  }
}

/// The JSON objects that a mapping made of a batch's events, one behind the other in one buffer.
public struct MappedEvents: Sendable {
  private var bytes: [UInt8] = []
  private var ends: [Int] = []
  private var types: [EventType?] = []
  private var refusals: [Int: Outcome] = [:]

  init(count: Int) { ends.reserveCapacity(count) }

  fileprivate mutating func append(
    _ event: RawSpan, _ type: EventType?, _ mapper: inout EventMapper
  ) {
    types.append(type)
    let result = mapper.map(event, kind: type?.rawValue ?? 0, appendingTo: &bytes)
    if let refusal = result.refusal { refusals[ends.count] = refusal }
    ends.append(bytes.count)
  }

  /// As many as the batch has events.
  public var count: Int { ends.count }

  /// Places of the events that something was made of, in order.
  public var mapped: [Int] { ends.indices.filter { refusals[$0] == nil } }

  /// The same, of some kinds of events: for a service that wants them at an endpoint or in a list of their own.
  public func mapped(_ types: Set<EventType>) -> [Int] {
    mapped.filter { self.types[$0].map(types.contains) ?? false }
  }

  /// Rejects the events of which a longer object was made: a service would refuse them, and all that is in one request
  /// with them.
  ///
  /// They are no longer among those that are mapped. The detail says the limit in KB.
  public mutating func reject(longerThan bytes: Int) {
    for index in mapped where byteCount(at: index) > bytes {
      refusals[index] = .rejected(detail: "the event is larger than \(bytes / 1000) KB")
    }
  }

  /// Why an event is not among the mapped: a rejection; nil for one that is.
  public func refusal(at index: Int) -> Outcome? { refusals[index] }

  /// Bytes of the object that was made of an event.
  public func byteCount(at index: Int) -> Int { range(at: index).count }

  /// The object that was made of an event.
  public func withJSON<R, E: Error>(
    at index: Int, _ body: (RawSpan) throws(E) -> R
  ) throws(E) -> R {
    try unsafe body(bytes.span.bytes.extracting(range(at: index)))
  }

  /// Visits the members of the object that was made of an event, in their order.
  ///
  /// The key has JSON's escapes as they stand, the value is its JSON. For a service whose frame takes the object apart.
  public func forEachMember(at index: Int, _ body: (String, [UInt8]) -> Void) {
    Self.forEachMember(of: Array(bytes[range(at: index)]), body)
  }

  /// The same for an object that is a member's value; nothing for any other value.
  public static func forEachMember(of object: [UInt8], _ body: (String, [UInt8]) -> Void) {
    for member in unsafe MappedObject.members(of: object.span.bytes) {
      body(String(decoding: object[member.key], as: UTF8.self), Array(object[member.value]))
    }
  }

  /// Appends a JSON array of those events' objects.
  public func appendArray(of events: some Collection<Int>, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "["))
    var isFirst = true
    for index in events {
      if !isFirst { out.append(UInt8(ascii: ",")) }
      isFirst = false
      out += bytes[range(at: index)]
    }
    out.append(UInt8(ascii: "]"))
  }

  private func range(at index: Int) -> Range<Int> {
    (index == 0 ? 0 : ends[index - 1])..<ends[index]
  }
}

extension EventMapper.Result {
  fileprivate var refusal: Outcome? {
    switch self {
    case .mapped: nil
    case .noTable: .rejected(detail: "the mapping has no table for events of this kind")
    case .nothing: .rejected(detail: "the mapping makes nothing of this event")
    case .notJSON: .rejected(detail: "the event is not JSON")
    }
  }
}
