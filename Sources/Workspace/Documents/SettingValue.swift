internal import Foundation

/// A JSON value of a destination's settings.
package indirect enum SettingValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int64)
  case number(Double)
  case string(String)
  case array([SettingValue])
  case object([String: SettingValue])

  /// The value of a `k=v` as it was typed: the JSON it is, else the text itself as a string.
  ///
  /// `5` is a number, `"5"` in quotes the string `5`, `/var/data` the string `/var/data`.
  package init(typed text: String) {
    let trimmed = text.utf8.first { $0 != UInt8(ascii: " ") }
    let starts = "\"{[-0123456789tfn".utf8
    guard let trimmed, starts.contains(trimmed),
      let value = try? JSONDecoder().decode(SettingValue.self, from: Data(text.utf8))
    else {
      self = .string(text)
      return
    }
    self = value
  }

  /// The value as JSON text, keys sorted.
  package var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
  }
}

extension SettingValue: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int64.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([SettingValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: SettingValue].self))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }
}
