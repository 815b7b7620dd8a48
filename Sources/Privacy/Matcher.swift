internal import EventJSON

/// A name for a kind of personal data, how sensitive it is, and how it is found.
package struct Matcher: Codable, Sendable, Equatable {
  /// What it looks at, and how closely.
  package enum Kind: Sendable, Equatable {
    /// The folded key (``KeyFolding``) equals the folded name or a folded synonym: the only kind that decides.
    case exact
    /// The folded key is near the name or a synonym (``Similarity``); for detection only.
    case similar
    /// The value, as text, holds what this pattern (``ValuePattern``) matches; for detection only.
    case value(String)
  }

  package var name: String
  package var classification: Classification
  package var synonyms: [String]
  package var kind: Kind
  /// Whether it ships with the project; such a one is overridden, never edited.
  package var isDefault: Bool

  package init(
    name: String, classification: Classification, synonyms: [String] = [], kind: Kind = .exact,
    isDefault: Bool = false
  ) {
    self.name = name
    self.classification = classification
    self.synonyms = synonyms
    self.kind = kind
    self.isDefault = isDefault
  }
}

extension Matcher {
  /// Whether its keys are acted on; the others only detect.
  package var isExact: Bool { kind == .exact }

  /// Every key it goes by, folded, each once; the name's own first.
  package var foldedKeys: [String] {
    ([name] + synonyms).reduce(into: []) { keys, key in
      let folded = KeyFolding.fold(key)
      if !keys.contains(folded) { keys.append(folded) }
    }
  }

  /// Whether the two names are one name, folded.
  package func isNamed(_ other: String) -> Bool { KeyFolding.fold(name) == KeyFolding.fold(other) }
}

// MARK: - As a document has it

extension Matcher {
  private enum CodingKeys: String, CodingKey { case name, classification, synonyms, similar, value }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    name = try container.decode(String.self, forKey: .name)
    classification = try container.decode(Classification.self, forKey: .classification)
    synonyms = try container.decodeIfPresent([String].self, forKey: .synonyms) ?? []
    let isSimilar = try container.decodeIfPresent(Bool.self, forKey: .similar) ?? false
    let pattern = try container.decodeIfPresent(String.self, forKey: .value)
    guard !isSimilar || pattern == nil else {
      throw DecodingError.dataCorruptedError(
        forKey: .value, in: container, debugDescription: "similar and by value at once")
    }
    kind = isSimilar ? .similar : pattern.map(Kind.value) ?? .exact
    isDefault = false
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(classification, forKey: .classification)
    try container.encode(synonyms, forKey: .synonyms)
    switch kind {
    case .exact: break
    case .similar: try container.encode(true, forKey: .similar)
    case .value(let pattern): try container.encode(pattern, forKey: .value)
    }
  }
}
