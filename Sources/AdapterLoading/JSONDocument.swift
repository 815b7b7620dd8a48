internal import Foundation

/// A JSON text as a value, so that two that say the same compare equal; for documents, not for events.
package enum JSONDocument: Codable, Sendable, Equatable {
  case null
  case bool(Bool)
  case number(Double)
  case text(String)
  case list([JSONDocument])
  case object([String: JSONDocument])

  /// Nil when the text is not JSON.
  package init?(text: String) {
    guard let value = try? JSONDecoder().decode(JSONDocument.self, from: Data(text.utf8)) else {
      return nil
    }
    self = value
  }

  package init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .null
    } else if let found = try? value.decode(Bool.self) {
      self = .bool(found)
    } else if let found = try? value.decode(Double.self) {
      self = .number(found)
    } else if let found = try? value.decode(String.self) {
      self = .text(found)
    } else if let found = try? value.decode([JSONDocument].self) {
      self = .list(found)
    } else {
      self = .object(try value.decode([String: JSONDocument].self))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    switch self {
    case .null: try value.encodeNil()
    case .bool(let found): try value.encode(found)
    case .number(let found):
      // A whole number without its fraction, as it was written.
      if let whole = Int64(exactly: found) {
        try value.encode(whole)
      } else {
        try value.encode(found)
      }
    case .text(let found): try value.encode(found)
    case .list(let found): try value.encode(found)
    case .object(let found): try value.encode(found)
    }
  }
}
