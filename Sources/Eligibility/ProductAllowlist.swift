/// The products that one workspace may send to: its document `eligible-products.json`.
package struct ProductAllowlist: Codable, Sendable, Equatable {
  package static let currentFormat = 1

  package var format: Int
  /// By id, none twice.
  package private(set) var products: [ProductEntry]

  package init(products: [ProductEntry]) {
    format = Self.currentFormat
    self.products = products
  }

  /// The catalogue's entries for which this project ships an adapter.
  package static let initial = ProductAllowlist(
    products: ProductCatalogue.published.entries.filter { $0.adapter && $0.eligible == true })

  package func entry(_ id: String) -> ProductEntry? {
    products.first { $0.id == id }
  }

  /// With this product, in place of an entry of the same id.
  package func allowing(_ entry: ProductEntry) -> ProductAllowlist {
    var new = disallowing(entry.id)
    new.products.append(entry)
    return new
  }

  /// With a product that the owner vouches for.
  ///
  /// - Parameters:
  ///   - id: a product id (``ProductID``).
  ///   - name: empty means what the catalogue says, else the id.
  ///   - vendor: empty means what the catalogue says.
  ///   - catalogue: what the lists in force say.
  ///   - evidence: an expiry in the past is taken, and decides.
  /// - Throws: `badProductID`, `noEvidence`, `expiresBeforeSigned` or `publishedAsNotEligible`.
  package func allow(
    _ id: String, name: String = "", vendor: String = "",
    in catalogue: ProductCatalogue = .published, evidence: ProductEvidence
  ) throws(EligibilityError) -> ProductAllowlist {
    guard ProductID.isValid(id) else { throw .badProductID(String(id.prefix(128))) }
    try Self.check(evidence, of: id)
    let known = catalogue.entry(id)
    if let known, known.eligible == false {
      throw .publishedAsNotEligible(id, source: known.source)
    }
    return allowing(
      ProductEntry(
        id: id, name: name.isEmpty ? known?.name ?? id : name,
        vendor: vendor.isEmpty ? known?.vendor ?? "" : vendor,
        category: known?.category ?? "Allowed by the owner", eligible: true,
        condition: known?.condition ?? "", asOf: evidence.signedOn.description,
        source: "allowed by the owner of the workspace", adapter: known?.adapter ?? false,
        evidence: evidence))
  }

  private static func check(
    _ evidence: ProductEvidence, of id: String
  ) throws(EligibilityError) {
    guard (1...500).contains(evidence.statement.count) else { throw .noEvidence(id) }
    if let expires = evidence.expiresOn, expires < evidence.signedOn {
      throw .expiresBeforeSigned
    }
  }

  package func disallowing(_ id: String) -> ProductAllowlist {
    var new = self
    new.products.removeAll { $0.id == id }
    return new
  }

  /// The date of the newest entry, `YYYY-MM-DD`; empty for an empty list.
  package var asOf: String { products.map(\.asOf).max() ?? "" }
}
