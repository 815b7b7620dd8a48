/// What decides about a product: the lists in force, and what the workspace allows; the two are never mixed.
package struct EligibleProducts: Sendable, Equatable {
  /// At most one of each issuer's key; the shipped one, or a later one of the same key, is always among them.
  package let lists: [ProductList]
  package let allowlist: ProductAllowlist

  package init(lists: [ProductList], allowlist: ProductAllowlist) {
    self.lists = lists
    self.allowlist = allowlist
  }

  /// Everything that the lists name; what one of them calls not eligible is not, whatever the others say, and what one
  /// says counts before that another found nothing.
  package var catalogue: ProductCatalogue {
    var entries: [ProductEntry] = []
    var places: [String: Int] = [:]
    for entry in lists.flatMap(\.entries) {
      if let place = places[entry.id] {
        if entry.outweighs(entries[place]) { entries[place] = entry }
      } else {
        places[entry.id] = entries.count
        entries.append(entry)
      }
    }
    return ProductCatalogue(entries: entries)
  }

  /// Whether what runs may go on: the date of a list plays no part, a newer list does.
  package func decide(product: String, on date: CalendarDate) -> EligibilityDecision {
    if let refusal = refusal(by: product) { return refusal }
    return allowlist.decide(product: product, on: date)
  }

  /// Whether it may be taken into use: installed, added or enabled.
  package func decideNew(product: String, on date: CalendarDate) -> EligibilityDecision {
    let decision = decide(product: product, on: date)
    guard decision.allowed, let entry = allowlist.entry(product), entry.evidence == nil else {
      return decision
    }
    let naming = lists.filter { $0.entry(product)?.eligible == true }
    guard naming.allSatisfy({ $0.daysOver(on: date) > ProductList.graceDays }),
      let last = naming.map(\.expires).max()
    else { return decision }
    return .refuse(
      "product \"\(product)\": the list that calls it eligible expired on \(last), more than "
        + "\(ProductList.graceDays) days ago", mend: "sealpost products import F --signature S")
  }

  /// A list took it away, or no list has it any more.
  private func refusal(by product: String) -> EligibilityDecision? {
    guard let allowed = allowlist.entry(product) else { return nil }
    for list in lists {
      guard let entry = list.entry(product), entry.eligible == false else { continue }
      return .refuse(
        "product \"\(product)\" is not eligible any more (\(list.title): \(entry.source))",
        mend: "sealpost products show \(product)")
    }
    guard allowed.evidence == nil,
      !lists.contains(where: { $0.entry(product)?.eligible == true })
    else { return nil }
    return .refuse(
      "product \"\(product)\" is called eligible by no list in force any more",
      mend: "sealpost products allow \(product) --evidence FILE")
  }

  /// Lists after their last day, each with what that means.
  package func warnings(on date: CalendarDate) -> [String] {
    lists.filter { $0.daysOver(on: date) > 0 }.map { list in
      let isOver = list.daysOver(on: date) > ProductList.graceDays
      return "the eligible-products \(list.title), expired on \(list.expires): "
        + (isOver
          ? "its products are not taken into use any more" : "a newer one is needed within 30 days")
        + ". See: sealpost products import --help"
    }
  }

  /// `workspace verify`: every list is in date.
  package func condition(on date: CalendarDate) -> EligibilityCondition {
    let over = lists.first { $0.daysOver(on: date) > 0 }
    return EligibilityCondition(
      name: "product_list", holds: over == nil,
      detail: over.map { "the eligible-products \($0.title), expired on \($0.expires)" }
        ?? lists.map {
          "the eligible-products \($0.title), is signed and in date until \($0.expires)"
        }
        .joined(separator: "; "),
      mend: "sealpost products import F --signature S")
  }
}

extension ProductEntry {
  fileprivate func outweighs(_ other: ProductEntry) -> Bool {
    eligible == false ? other.eligible != false : eligible == true && other.eligible == nil
  }
}
