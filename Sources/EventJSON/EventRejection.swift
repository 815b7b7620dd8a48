/// Why a line is not an event of the Segment spec; says what and the mend, never a value.
package enum EventRejection: Error, Hashable, Sendable {
  case notJSON(JSONError)
  case notAnObject
  case unknownType
  case missingUser
  case badMessageID
  case tooLong(bytes: Int, limit: Int)
  case missingField(String)
  case badSection(String)

  static func missing(_ field: EventField) -> EventRejection { .missingField("\(field.name)") }

  static func notASection(_ field: EventField) -> EventRejection { .badSection("\(field.name)") }
}

extension EventRejection: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notJSON(let error): "\(error)"
    case .notAnObject: "an event is a JSON object, this is another value"
    case .unknownType: "\"type\" must be one of identify, track, page, screen, group, alias"
    case .missingUser: "\"userId\" or \"anonymousId\" is missing or empty"
    case .badMessageID:
      "\"messageId\" must be a string of at most \(EventShape.longestMessageID) bytes"
    case .tooLong(let bytes, let limit):
      "the line has \(bytes) bytes or more; an event may have \(limit)"
    case .missingField(let name): "\"\(name)\" is missing or empty; this type of event needs it"
    case .badSection(let name): "\"\(name)\" must be an object"
    }
  }

  /// A short stable name for counters and `--json`.
  package var code: String {
    switch self {
    case .notJSON: "not_json"
    case .notAnObject: "not_an_object"
    case .unknownType: "unknown_type"
    case .missingUser: "missing_user"
    case .badMessageID: "bad_message_id"
    case .tooLong: "too_long"
    case .missingField(let name): "missing_\(name)"
    case .badSection(let name): "bad_\(name)"
    }
  }
}
