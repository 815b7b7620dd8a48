/// A destination's filter as its document holds it; whether it is well formed only compiling tells.
package struct EventFilter: Sendable, Equatable {
  /// 1 to 64 of `a-z 0-9 -`.
  package var name: String
  /// The statement: the action is taken on an event of which it is true.
  package var condition: String
  package var action: FilterAction

  package init(name: String, condition: String, action: FilterAction) {
    self.name = name
    self.condition = condition
    self.action = action
  }
}

/// What a filter does with the events of which its statement is true; all others go on untouched.
package enum FilterAction: Sendable, Equatable {
  /// The destination does not get it.
  case drop
  /// The destination gets so many percent of them: see ``Sample``.
  case sample(percent: Double, by: SampleUnit)
  /// Of the sections that the paths begin with, only what they name is left.
  case only([String])
  /// What the paths name is taken out.
  case remove([String])

  /// The word of the command line and of the document.
  package var word: String {
    switch self {
    case .drop: "drop"
    case .sample: "sample"
    case .only: "only"
    case .remove: "remove"
    }
  }

  /// The whole of it in words.
  package var text: String {
    switch self {
    case .drop: word
    case .sample(let percent, let unit): "\(word) \(percent) % by \(unit.rawValue)"
    case .only(let paths), .remove(let paths): "\(word) \(paths.joined(separator: ", "))"
    }
  }

  package static let words = ["drop", "sample", "only", "remove"]
}

/// What is drawn when a sample is taken.
package enum SampleUnit: String, Codable, Sendable, CaseIterable {
  /// Each event by its `messageId`.
  case event
  /// All events of a user or none.
  case user
}

// MARK: - The document

extension EventFilter: Codable {
  private enum CodingKeys: String, CodingKey {
    case name, action, percent, by, properties
    case condition = "if"
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    name = try container.decode(String.self, forKey: .name)
    condition = try container.decode(String.self, forKey: .condition)
    switch try container.decode(String.self, forKey: .action) {
    case "drop": action = .drop
    case "sample":
      action = .sample(
        percent: try container.decode(Double.self, forKey: .percent),
        by: try container.decode(SampleUnit.self, forKey: .by))
    case "only": action = .only(try container.decode([String].self, forKey: .properties))
    case "remove": action = .remove(try container.decode([String].self, forKey: .properties))
    default:
      throw DecodingError.dataCorruptedError(
        forKey: .action, in: container, debugDescription: "no action")
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(condition, forKey: .condition)
    try container.encode(action.word, forKey: .action)
    switch action {
    case .drop: break
    case .sample(let percent, let unit):
      try container.encode(percent, forKey: .percent)
      try container.encode(unit, forKey: .by)
    case .only(let paths), .remove(let paths): try container.encode(paths, forKey: .properties)
    }
  }
}
