/// A product and what is known about its eligibility: by whom, on what date and under which condition.
package struct ProductEntry: Codable, Sendable, Equatable {
  /// Reverse domain name, stable once published: `com.twilio.studio`.
  package var id: String
  package var name: String
  package var vendor: String
  package var category: String
  /// What the source says; nil: no source was found that says anything, so it takes the evidence of an owner.
  package var eligible: Bool?
  /// What the eligibility is tied to; empty when the source names nothing.
  package var condition: String
  /// The date of the source, `YYYY-MM-DD`.
  package var asOf: String
  package var source: String
  /// Whether this project ships an adapter for it.
  package var adapter: Bool
  /// Why the owner of a workspace allowed it; nil for an entry of the catalogue.
  package var evidence: ProductEvidence?
  /// Which adapters the list vouches for; nil when it says nothing of adapters.
  package var pins: AdapterPins?

  package init(
    id: String, name: String, vendor: String, category: String, eligible: Bool?,
    condition: String = "", asOf: String, source: String, adapter: Bool = false,
    evidence: ProductEvidence? = nil, pins: AdapterPins? = nil
  ) {
    self.id = id
    self.name = name
    self.vendor = vendor
    self.category = category
    self.eligible = eligible
    self.condition = condition
    self.asOf = asOf
    self.source = source
    self.adapter = adapter
    self.evidence = evidence
    self.pins = pins
  }

  private enum CodingKeys: String, CodingKey {
    case id, name, vendor, category, eligible, condition
    case asOf = "as_of"
    case source, adapter, evidence
    case pins = "adapters"
  }
}

/// What the id of a product may look like.
package enum ProductID {
  /// Two to eight labels of `a-z 0-9 -`, joined by dots, each starting with a letter or digit.
  ///
  /// At most 128 characters in all, so that it is a safe name for a folder.
  package static func isValid(_ id: String) -> Bool {
    guard id.utf8.count <= 128 else { return false }
    let labels = id.split(separator: ".", omittingEmptySubsequences: false)
    return (2...8).contains(labels.count) && labels.allSatisfy(isLabel)
  }

  private static func isLabel(_ label: Substring) -> Bool {
    guard let first = label.utf8.first, first != UInt8(ascii: "-") else { return false }
    return label.utf8.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
    }
  }
}
