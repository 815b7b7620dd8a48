/// What a value is, as far as the event path cares.
package enum ValueKind: UInt8, Sendable {
  case absent, null, boolean, number, string, array, object

  package var name: String {
    switch self {
    case .absent: "absent"
    case .null: "null"
    case .boolean: "boolean"
    case .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }

  /// The kind of a valid number, `true`, `false` or `null` by its first byte.
  @inline(__always)
  init(scalarStartingWith first: UInt8) {
    self =
      switch first {
      case UInt8(ascii: "n"): .null
      case UInt8(ascii: "t"), UInt8(ascii: "f"): .boolean
      default: .number
      }
  }
}

/// A value of the event's top level.
package struct FieldValue: Sendable, Equatable {
  package var kind = ValueKind.absent
  /// First byte; for a string its opening quote.
  package var start = 0
  /// Behind the last byte; for an object or array of an ``EventShape`` not known (equal to `start`), but `integrations`.
  package var end = 0

  /// All of its bytes.
  package var range: Range<Int> { start..<end }

  /// What stands between the quotes of a string.
  package var content: Range<Int> { kind == .string ? start + 1..<end - 1 : 0..<0 }

  /// A string of one character or more, or a number (some libraries send numeric ids).
  var identifies: Bool { kind == .string ? end - start > 2 : kind == .number }
}

/// The six calls of the Segment spec.
package enum EventType: UInt32, CaseIterable, Sendable {
  case identify = 1
  case track, page, screen, group, alias

  package var name: StaticString {
    switch self {
    case .identify: "identify"
    case .track: "track"
    case .page: "page"
    case .screen: "screen"
    case .group: "group"
    case .alias: "alias"
    }
  }
}

/// The fields of an event's top level that the host looks at.
enum EventField: UInt8 {
  case other, type, userID, anonymousID, messageID, event, groupID, previousID
  case integrations, context, traits, properties

  /// The field of this exact name, or `other`.
  @inline(__always)
  init(named key: UnsafePointer<UInt8>, _ count: Int) {
    let candidate: EventField
    switch count {
    case 4: candidate = .type
    case 5: candidate = .event
    case 6: candidate = unsafe key[0] == UInt8(ascii: "u") ? .userID : .traits
    case 7: candidate = unsafe key[0] == UInt8(ascii: "g") ? .groupID : .context
    case 9: candidate = .messageID
    case 10: candidate = unsafe key[2] == UInt8(ascii: "o") ? .properties : .previousID
    case 11: candidate = .anonymousID
    case 12: candidate = .integrations
    default: candidate = .other
    }
    self = unsafe candidate.isNamed(key, count) ? candidate : .other
  }

  /// The name in an event, as the Segment spec spells it.
  package var name: StaticString {
    switch self {
    case .other: ""
    case .type: "type"
    case .userID: "userId"
    case .anonymousID: "anonymousId"
    case .messageID: "messageId"
    case .event: "event"
    case .groupID: "groupId"
    case .previousID: "previousId"
    case .integrations: "integrations"
    case .context: "context"
    case .traits: "traits"
    case .properties: "properties"
    }
  }

  @inline(__always)
  private func isNamed(_ key: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    unsafe name.utf8CodeUnitCount == count && isEqual(key, name.utf8Start, count)
  }

  /// Whether values inside this field may be encrypted.
  @inline(__always)
  var isSection: Bool { rawValue >= EventField.context.rawValue }
}

@inline(__always)
private func isEqual(_ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, _ count: Int) -> Bool {
  for index in 0..<count where unsafe a[index] != b[index] { return false }
  return true
}

/// Where the fields of an event are; what ``EventScanner`` fills.
package struct EventShape: Sendable {
  package fileprivate(set) var type = EventType.track
  package private(set) var userID = FieldValue()
  package private(set) var anonymousID = FieldValue()
  package private(set) var messageID = FieldValue()
  /// Which destinations the sender wants; an object with its true end.
  package private(set) var integrations = FieldValue()
  private var typeName = FieldValue()
  package private(set) var event = FieldValue()
  private var groupID = FieldValue()
  private var previousID = FieldValue()
  private var context = FieldValue()
  private var traits = FieldValue()
  private var properties = FieldValue()
  /// Whether the whole text is an object.
  var isObject = false
  /// One bit for each field that was seen.
  private var seen: UInt16 = 0

  /// Notes that a key was met; false when it was met before in the same event.
  @inline(__always)
  mutating func note(_ field: EventField) -> Bool {
    let bit: UInt16 = 1 << UInt16(field.rawValue)
    defer { seen |= bit }
    return seen & bit == 0
  }

  @inline(__always)
  mutating func set(_ field: EventField, _ value: FieldValue) {
    switch field {
    case .other: break
    case .type: typeName = value
    case .userID: userID = value
    case .anonymousID: anonymousID = value
    case .messageID: messageID = value
    case .event: event = value
    case .groupID: groupID = value
    case .previousID: previousID = value
    case .integrations: integrations = value
    case .context: context = value
    case .traits: traits = value
    case .properties: properties = value
    }
  }

  @inline(__always)
  mutating func endIntegrations(_ end: Int) { integrations.end = end }

  /// The user that the order of events is kept for: `userId`, else `anonymousId`.
  package var user: FieldValue { userID.identifies ? userID : anonymousID }

  /// Whether the event brings a `messageId` that names it.
  package var hasMessageID: Bool { messageID.kind == .string && !messageID.content.isEmpty }
}

// MARK: - The Segment spec

extension EventShape {
  /// Longest `messageId`, in bytes as written.
  package static var longestMessageID: Int { 255 }

  /// What the Segment spec asks of every call and of this one; nil when all of it holds.
  @inline(__always)
  mutating func check(_ bytes: RawSpan) -> EventRejection? {
    guard isObject else { return .notAnObject }
    guard typeName.kind == .string else { return .missing(.type) }
    guard let type = EventType(bytes, typeName.content) else { return .unknownType }
    self.type = type
    guard userID.identifies || anonymousID.identifies else { return .missingUser }
    guard messageID.kind != .string || messageID.content.count <= EventShape.longestMessageID,
      messageID.kind == .string || messageID.kind == .absent || messageID.kind == .null
    else { return .badMessageID }
    return checkSections() ?? checkCall(type)
  }

  private func checkSections() -> EventRejection? {
    if !context.holdsValues { return .notASection(.context) }
    if !traits.holdsValues { return .notASection(.traits) }
    return properties.holdsValues ? nil : .notASection(.properties)
  }

  private func checkCall(_ type: EventType) -> EventRejection? {
    switch type {
    case .track where !event.identifies: .missing(.event)
    case .group where !groupID.identifies: .missing(.groupID)
    case .alias where !previousID.identifies: .missing(.previousID)
    case .alias where !userID.identifies: .missing(.userID)
    default: nil
    }
  }
}

extension FieldValue {
  /// Whether a section's value is one: an object, nothing, or a list (some libraries send `[]` for an empty object).
  fileprivate var holdsValues: Bool {
    kind != .string && kind != .number && kind != .boolean
  }
}

extension EventType {
  /// The type of this exact name.
  @inline(__always)
  fileprivate init?(_ bytes: RawSpan, _ range: Range<Int>) {
    let candidate: EventType
    switch (range.count, unsafe bytes.unsafeLoad(fromByteOffset: range.lowerBound, as: UInt8.self))
    {
    case (8, _): candidate = .identify
    case (5, UInt8(ascii: "t")): candidate = .track
    case (5, UInt8(ascii: "g")): candidate = .group
    case (5, _): candidate = .alias
    case (4, _): candidate = .page
    default: candidate = .screen
    }
    let name = candidate.name
    guard name.utf8CodeUnitCount == range.count else { return nil }
    for offset in 0..<range.count {
      let byte = unsafe bytes.unsafeLoad(
        fromByteOffset: range.lowerBound + offset, as: UInt8.self)
      guard unsafe byte == name.utf8Start[offset] else { return nil }
    }
    self = candidate
  }
}
