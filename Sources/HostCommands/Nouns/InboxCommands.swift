internal import AuditLog
internal import Privacy
internal import Workspace

/// `inbox`: key paths that were seen and that nobody has classified.
enum InboxCommands {
  static let noun = Noun(
    name: "inbox", summary: "Inbox: keys that were seen and are not classified",
    commands: [list, classify])

  /// What is shown was seen in the last seven days.
  private static let shown = 7 * 86_400

  private static let list = Command(
    path: ["inbox", "list"],
    summary: "List the keys of the last seven days that are not classified",
    access: .viewer,
    details: [
      """
      Those that look like personal data come first, with the matcher that they look like: by a \
      similar key, or by a value. Values are never kept: an example is its JSON type and length. A \
      key or event name that itself looks like a value is shown as {…}.
      """
    ],
    options: [.json], examples: [.init("sealpost inbox list", "what is new in the events")]
  ) { invocation in
    let workspace = try invocation.openWorkspace()
    let sightings = try workspace.keySightings()
    try workspace.record(.inboxViewed, object: "inbox")
    let owned = workspace.privacy.ownedKeys
    let open = sightings.paths
      .filter { !owned.contains($0.foldedKey) && $0.lastSeen >= Timestamp.secondsNow - shown }
      .sorted { ($0.rank, $0.text) < ($1.rank, $1.text) }
    invocation.print(table(open), json: json(sightings, open))
    if sightings.pathsNotKept > 0 {
      invocation.console.warning(
        "\(Count.of(sightings.pathsNotKept, "sighting")) of further keys found no room; "
          + "classify what is there, and see what is sent")
    }
    return .done
  }

  private static func table(_ open: [KeySighting]) -> Table {
    Table(
      columns: [
        .init("path"), .init("looks like"), .init("seen", isNumber: true), .init("example"),
        .init("last seen"), .init("in", isFlexible: true),
      ],
      rows: open.map { sighting in
        [
          .init(sighting.text), .init(likeness(sighting), sighting.finding.map(tint)),
          .init(Count.grouped(sighting.count)),
          .init("\(sighting.kind), \(Count.of(sighting.length, "byte"))"),
          .init(Timestamp.text(sighting.lastSeen)), .init(events(sighting)),
        ]
      })
  }

  private static func likeness(_ sighting: KeySighting) -> String {
    guard let finding = sighting.finding else { return "" }
    return "\(finding.matcher) (\(finding.means == .similar ? "similar key" : "value"))"
  }

  private static func tint(_ finding: Finding) -> Painter.Tint {
    finding.classification == .red ? .red : .yellow
  }

  private static func events(_ sighting: KeySighting) -> String {
    let names = sighting.events.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    return (sighting.types.filter { $0 != "track" || names.isEmpty } + names)
      .joined(separator: ", ")
  }

  private static func json(_ sightings: KeySightings, _ open: [KeySighting]) -> JSONText {
    .object([
      ("keys", .array(open.map(json))), ("paths_not_kept", .integer(sightings.pathsNotKept)),
      ("events_not_counted", .integer(sightings.eventsNotCounted)),
    ])
  }

  private static func json(_ sighting: KeySighting) -> JSONText {
    .object([
      ("path", .string(sighting.text)), ("matcher", .optional(sighting.finding?.matcher)),
      ("means", .optional(sighting.finding?.means.rawValue)),
      ("count", .integer(sighting.count)), ("sources", counts(sighting.sources)),
      ("types", .strings(sighting.types)), ("events", counts(sighting.events)),
      ("example_type", .string(sighting.kind)), ("example_length", .integer(sighting.length)),
      ("first_seen", .string(Timestamp.text(sighting.firstSeen))),
      ("last_seen", .string(Timestamp.text(sighting.lastSeen))),
      ("warned_destinations", .strings(sighting.warned)),
    ])
  }

  static func counts(_ counts: [String: Int]) -> JSONText {
    .object(counts.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) })
  }

  private static let path = Operand("PATH", "As inbox list shows it, or the key alone")
  private static let classification = Operand("CLASS", "red, yellow or green")

  private static let classify = Command(
    path: ["inbox", "classify"], summary: "Classify a key that was seen", access: .editor,
    details: [
      """
      The path's last key becomes a custom matcher of this class, whichever path it stands at. To let \
      it go by an existing matcher instead: sealpost matcher synonym add NAME KEY.
      """
    ],
    operands: [path, classification],
    examples: [
      .init("sealpost inbox classify properties.chartNo yellow", "so that it can be encrypted")
    ]
  ) { invocation in
    let word = invocation.arguments.required(classification)
    guard let classification = Classification(rawValue: word) else {
      throw CommandError.usage(
        "classification \"\(Printable.short(word))\"", invocation.command.name,
        "it is none of red, yellow, green", "Give one of them.")
    }
    let workspace = try invocation.openWorkspace()
    let typed = invocation.arguments.required(path)
    let paths = try workspace.keySightings().paths
    guard let sighting = paths.first(where: { $0.text == typed || $0.key == typed }),
      sighting.isClassifiable
    else {
      throw CommandError(
        .configuration, "key \"\(Printable.short(typed))\"",
        "no run has seen it, or it has no name",
        "See: sealpost inbox list")
    }
    try workspace.classify(key: sighting.key, as: classification)
    invocation.console.note("Key \(Printable.text(sighting.key)) is \(word)")
    return .done
  }
}

extension KeySighting {
  /// What looks like red comes first, then yellow, then the rest.
  fileprivate var rank: Int {
    switch finding?.classification {
    case .red: 0
    case .yellow: 1
    default: 2
    }
  }
}
