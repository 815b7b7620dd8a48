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
    products: ProductCatalogue.published.entries.filter(\.adapter))

  package func entry(_ id: String) -> ProductEntry? {
    products.first { $0.id == id }
  }

  /// With this product, in place of an entry of the same id.
  package func allowing(_ entry: ProductEntry) -> ProductAllowlist {
    var new = disallowing(entry.id)
    new.products.append(entry)
    return new
  }

  package func disallowing(_ id: String) -> ProductAllowlist {
    var new = self
    new.products.removeAll { $0.id == id }
    return new
  }

  /// The date of the newest entry, `YYYY-MM-DD`; empty for an empty list.
  package var asOf: String { products.map(\.asOf).max() ?? "" }
}
