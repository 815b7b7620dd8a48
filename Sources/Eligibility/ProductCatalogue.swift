/// The reference catalogue: what lists of products publish as HIPAA eligible, or not.
///
/// It informs; a product may be used only when the workspace's ``ProductAllowlist`` names it too.
package struct ProductCatalogue: Sendable {
  package let entries: [ProductEntry]

  package init(entries: [ProductEntry]) {
    self.entries = entries
  }

  /// The catalogue of the list that comes with this project.
  package static let published = ProductCatalogue(entries: ShippedProductList.list.entries)

  package func entry(_ id: String) -> ProductEntry? {
    entries.first { $0.id == id }
  }

  /// Every category once, in the order of the catalogue.
  package var categories: [String] {
    entries.map(\.category).reduce(into: []) { found, category in
      if !found.contains(category) { found.append(category) }
    }
  }

  /// The entries for which all that is given holds; upper and lower case are equal.
  ///
  /// - Parameters:
  ///   - text: occurs in the id, name, vendor or category.
  ///   - category: is the whole category.
  ///   - eligibleOnly: leaves out what no source calls eligible.
  package func search(
    _ text: String? = nil, category: String? = nil, eligibleOnly: Bool = false
  ) -> [ProductEntry] {
    let wanted = text?.lowercased()
    return entries.filter { entry in
      (!eligibleOnly || entry.eligible == true)
        && (category.map { entry.category.lowercased() == $0.lowercased() } ?? true)
        && (wanted.map { entry.mentions($0) } ?? true)
    }
  }
}

extension ProductEntry {
  fileprivate func mentions(_ text: String) -> Bool {
    text.isEmpty || [id, name, vendor, category].contains { $0.lowercased().contains(text) }
  }
}
