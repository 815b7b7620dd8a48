internal import EventJSON

/// A name for a kind of personal data, how sensitive it is, and the keys it goes by.
///
/// It matches a key exactly: the folded key (``KeyFolding``) equals the folded name or a folded synonym.
package struct Matcher: Codable, Sendable, Equatable {
  package var name: String
  package var classification: Classification
  package var synonyms: [String]
  /// Whether it ships with the project; such a one is overridden, never edited.
  package var isDefault: Bool

  package init(
    name: String, classification: Classification, synonyms: [String] = [], isDefault: Bool = false
  ) {
    self.name = name
    self.classification = classification
    self.synonyms = synonyms
    self.isDefault = isDefault
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    name = try container.decode(String.self, forKey: .name)
    classification = try container.decode(Classification.self, forKey: .classification)
    synonyms = try container.decodeIfPresent([String].self, forKey: .synonyms) ?? []
    isDefault = false
  }

  private enum CodingKeys: String, CodingKey { case name, classification, synonyms }
}

extension Matcher {
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
