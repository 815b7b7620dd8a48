internal import Privacy
internal import Workspace

/// `inventory`: what is classified, where it comes from and where it goes in which form.
enum InventoryCommands {
  static let noun = Noun(
    name: "inventory", summary: "Inventory: classified keys, their sources and destinations",
    commands: [list])

  private static let csv = Option.flag("csv", "Print comma-separated values (RFC 4180)")

  private static let list = Command(
    path: ["inventory", "list"], summary: "List the classified keys that were seen",
    access: .viewer,
    details: [
      """
      One line for each path, with its counts by source, and for each destination the form in which it \
      goes there by the settings in force: clear, encrypted, tokenised or blocked.
      """
    ],
    options: [csv, .json],
    examples: [
      .init("sealpost inventory list", "on the terminal"),
      .init("sealpost inventory list --csv > inventory.csv", "for a spreadsheet"),
    ]
  ) { invocation in
    let items = try items(invocation.openWorkspace())
    if invocation.arguments.has(csv) {
      invocation.console.data(CSV.text(titles, items.map(\.cells)))
    } else {
      invocation.print(table(items), json: .array(items.map(\.json)))
    }
    return .done
  }

  private static let titles = [
    "path", "matcher", "class", "seen", "sources", "destinations", "last_seen",
  ]

  private struct Item {
    let sighting: KeySighting
    let matcher: Matcher
    let forms: [(destination: String, form: String)]

    var cells: [String] {
      [
        sighting.text, matcher.name, matcher.classification.rawValue, String(sighting.count),
        sighting.sources.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
          .joined(separator: "; "),
        forms.map { "\($0.destination) \($0.form)" }.joined(separator: "; "),
        Timestamp.text(sighting.lastSeen),
      ]
    }

    var json: JSONText {
      .object([
        ("path", .string(sighting.text)), ("matcher", .string(matcher.name)),
        ("classification", .string(matcher.classification.rawValue)),
        ("count", .integer(sighting.count)), ("sources", InboxCommands.counts(sighting.sources)),
        ("destinations", .object(forms.map { ($0.destination, .string($0.form)) })),
        ("first_seen", .string(Timestamp.text(sighting.firstSeen))),
        ("last_seen", .string(Timestamp.text(sighting.lastSeen))),
      ])
    }
  }

  private static func items(_ workspace: Workspace) throws -> [Item] {
    let sightings = try workspace.keySightings()
    let routes = try KeyRoutes(workspace, from: sightings.paths.flatMap(\.sources.keys))
    return sightings.paths.compactMap { sighting in
      guard let matcher = routes.owner(of: sighting) else { return nil }
      let forms = routes.destinations.map { destination in
        let found = routes.actions(of: sighting, at: destination.id).map(\.form)
        return (destination.id, found.sorted().joined(separator: "/"))
      }
      return Item(sighting: sighting, matcher: matcher, forms: forms)
    }.sorted { ($0.matcher.name, $0.sighting.text) < ($1.matcher.name, $1.sighting.text) }
  }

  private static func table(_ items: [Item]) -> Table {
    Table(
      columns: titles.map {
        .init(
          $0.replacing("_", with: " "), isFlexible: ["sources", "destinations"].contains($0),
          isNumber: $0 == "seen")
      },
      rows: items.map { $0.cells.map { .init($0) } })
  }
}

extension KeyAction {
  /// In the inventory's words.
  fileprivate var form: String {
    switch self {
    case .pass: "clear"
    case .encrypt: "encrypted"
    case .tokenize: "tokenised"
    case .remove: "blocked"
    }
  }
}
