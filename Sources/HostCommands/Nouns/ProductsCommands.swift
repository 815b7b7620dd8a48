internal import Eligibility
internal import Workspace

/// `products`: what vendors publish as eligible, and what this workspace may send to.
enum ProductsCommands {
  static let noun = Noun(
    name: "products", summary: "Eligible products",
    commands: [
      list, show, allow, disallow, ProductListCommands.importList, ProductListCommands.verify,
      ProductListCommands.sign,
    ] + ProductListCommands.trust)

  private static let eligible = Option.flag("eligible", "Only those that are eligible")
  private static let category = Option.value("category", "C", "Only those of this category")
  private static let search = Option.value(
    "search", "W", "Only those whose id, name, vendor or category holds this")
  private static let csv = Option.flag("csv", "Print comma-separated values (RFC 4180)")

  private static let list = Command(
    path: ["products", "list"], summary: "List the products that vendors publish as HIPAA eligible",
    access: .viewer.orWithoutWorkspace,
    details: [
      """
      The catalogue is a reference, shipped with its source and date. What this workspace may send \
      to is its own list, the column "allowed"; outside a workspace that column is empty.
      """
    ],
    options: [eligible, category, search, csv, .json],
    examples: [
      .init("sealpost products list --eligible", "what is eligible"),
      .init("sealpost products list --search voice --csv", "about voice, for a spreadsheet"),
    ]
  ) { invocation in
    let arguments = invocation.arguments
    let view = ProductsView(invocation)
    view.warn(invocation.console)
    let entries = view.entries.filter { entry in
      ProductCatalogue(entries: [entry]).search(
        arguments[search], category: arguments[category], eligibleOnly: arguments.has(eligible)
      ).count == 1
    }
    if let name = arguments[category], entries.isEmpty { try view.checkCategory(name) }
    if arguments.has(csv) {
      invocation.console.data(CSV.text(ProductsView.titles, entries.map(view.cells)))
    } else {
      invocation.print(view.table(entries), json: .array(entries.map(view.json)))
    }
    return .done
  }

  private static let product = Operand("ID", "A product id, such as org.sealpost.ndjson-file")

  private static let show = Command(
    path: ["products", "show"], summary: "Show one product with its source",
    access: .viewer.orWithoutWorkspace,
    operands: [product], options: [.json],
    examples: [.init("sealpost products show org.sealpost.ndjson-file", "one of this project's")]
  ) { invocation in
    let view = ProductsView(invocation)
    let entry = try view.entry(invocation.arguments.required(product))
    invocation.print(view.pairs(entry), json: view.json(entry))
    return .done
  }

  private static let evidence = Option.value(
    "evidence", "F", "A file that says in 1 to 500 characters what was signed with the vendor",
    isRequired: true)
  private static let signedOn = Option.value(
    "signed-on", "DATE", "The day of that agreement (default: today)")
  private static let expires = Option.value("expires", "DATE", "Its last day (default: none)")

  private static let allow = Command(
    path: ["products", "allow"], summary: "Let this workspace send to a product, on your evidence",
    access: .owner,
    operands: [product], options: [evidence, signedOn, expires],
    examples: [
      .init(
        "sealpost products allow com.example.warehouse --evidence baa-warehouse.txt",
        "allow a product whose vendor signed a BAA with you")
    ]
  ) { invocation in
    let arguments = invocation.arguments
    let bytes = try InputFile.read(arguments.required(evidence), limit: 4096)
    let statement = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
      .joined(separator: " ")
    let id = arguments.required(product)
    try invocation.openWorkspace().allow(
      product: id,
      evidence: ProductEvidence(
        statement: statement, signedOn: try invocation.date(signedOn) ?? .today,
        expiresOn: try invocation.date(expires)))
    invocation.console.note("Product \(id) allowed")
    return .done
  }

  private static let disallow = Command(
    path: ["products", "disallow"], summary: "Take a product from this workspace's list",
    access: .owner,
    details: ["Its destinations do not start any more."], operands: [product],
    examples: [
      .init("sealpost products disallow com.example.warehouse", "send nothing there any more")
    ]
  ) { invocation in
    let id = invocation.arguments.required(product)
    try invocation.openWorkspace().disallow(product: id)
    invocation.console.note("Product \(id) disallowed")
    return .done
  }
}

/// The catalogue and a workspace's list side by side.
struct ProductsView {
  static let titles = [
    "id", "product", "vendor", "category", "eligible", "condition", "as of", "adapter", "allowed",
  ]

  private let workspace: Workspace?
  private let catalogue: ProductCatalogue

  /// Outside a workspace there is only the catalogue.
  init(_ invocation: Invocation) {
    workspace = invocation.admitted?.workspace
    catalogue = workspace?.products.catalogue ?? .published
  }

  /// Tells of lists that are over.
  func warn(_ console: Console) {
    for warning in workspace?.products.warnings(on: .today) ?? [] { console.warning(warning) }
  }

  /// Everything of the catalogue, then what only the workspace lists.
  var entries: [ProductEntry] {
    catalogue.entries
      + (workspace?.allowlist.products ?? []).filter { catalogue.entry($0.id) == nil }
  }

  func entry(_ id: String) throws -> ProductEntry {
    if let entry = entries.first(where: { $0.id == id }) { return entry }
    let near = Suggestion.nearest(to: id, among: entries.map(\.id))
    throw CommandError(
      .configuration, "product \"\(Printable.short(id))\"", "it is in no list",
      (near.map { "Did you mean \"\($0)\"? " } ?? "") + "See: sealpost products list")
  }

  func checkCategory(_ name: String) throws {
    let all = catalogue.categories
    guard !all.contains(where: { $0.lowercased() == name.lowercased() }) else { return }
    let near = Suggestion.nearest(to: name, among: all).map { "Did you mean \"\($0)\"? " } ?? ""
    throw CommandError.usage(
      "category \"\(Printable.short(name))\"", "products list", "there is none of that name",
      near + "Categories: \(all.joined(separator: ", ")).")
  }

  private func isAllowed(_ entry: ProductEntry) -> Bool? {
    workspace.map { $0.products.decide(product: entry.id, on: .today).allowed }
  }

  private func hasAdapter(_ entry: ProductEntry) -> Bool {
    workspace?.adapters().contains { $0.product == entry.id } ?? false
  }

  private func adapter(_ entry: ProductEntry) -> String {
    hasAdapter(entry) ? "installed" : entry.adapter ? "shipped" : ""
  }

  func cells(_ entry: ProductEntry) -> [String] {
    [
      entry.id, entry.name, entry.vendor, entry.category,
      entry.eligible.map { $0 ? "yes" : "no" } ?? "unknown",
      entry.condition, entry.asOf, adapter(entry),
      isAllowed(entry).map { $0 ? "yes" : "no" } ?? "",
    ]
  }

  func table(_ entries: [ProductEntry]) -> Table {
    Table(
      columns: ProductsView.titles.map {
        .init($0, isFlexible: ["product", "category", "condition"].contains($0))
      }, rows: entries.map { cells($0).map { .init($0) } })
  }

  func pairs(_ entry: ProductEntry) -> Table {
    Table.pairs(
      zip(ProductsView.titles, cells(entry)).map { (name: $0, value: Table.Cell($1)) }
        + [("source", .init(entry.source)), ("evidence", .init(entry.evidence?.statement ?? ""))])
  }

  func json(_ entry: ProductEntry) -> JSONText {
    .object([
      ("id", .string(entry.id)), ("name", .string(entry.name)),
      ("vendor", .string(entry.vendor)), ("category", .string(entry.category)),
      ("eligible", entry.eligible.map { .bool($0) } ?? .null),
      ("condition", .string(entry.condition)),
      ("as_of", .string(entry.asOf)), ("source", .string(entry.source)),
      ("adapter_shipped", .bool(entry.adapter)), ("adapter_installed", .bool(hasAdapter(entry))),
      ("allowed", isAllowed(entry).map { .bool($0) } ?? .null),
      ("evidence", .optional(entry.evidence?.statement)),
    ])
  }
}
