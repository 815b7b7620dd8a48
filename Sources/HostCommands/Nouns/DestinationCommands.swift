internal import AdapterLoading
internal import Cryptography
internal import DestinationHost
internal import Eligibility
internal import FieldEncryption
internal import Workspace

/// `destination`: where events go.
enum DestinationCommands {
  static let noun = Noun(
    name: "destination", summary: "Destinations",
    commands: [
      DestinationSettingsCommands.add, list, show, DestinationSettingsCommands.set,
      DestinationTestCommand.command, enable, disable, remove, reconcile,
    ]
      + DestinationFilterCommands.commands)

  private static let id = Operand("ID", "The destination's id")
  private static let list = Command(
    path: ["destination", "list"], summary: "List the destinations",
    access: .viewer, options: [.json],
    examples: [.init("sealpost destination list", "what there is")]
  ) { invocation in
    let workspace = try invocation.openWorkspace()
    let destinations = workspace.destinations()
    try invocation.print(
      Table(
        columns: [
          .init("id"), .init("adapter"), .init("enabled"), .init("encryption", isFlexible: true),
          .init("state", isFlexible: true),
        ],
        rows: destinations.map { destination in
          [
            .init(destination.id), .init(destination.adapter),
            .init(destination.enabled ? "yes" : "no"),
            .init(EncryptionText.summary(destination.encryption)),
            .init(DestinationText.state(destination, workspace)),
          ]
        }), json: .array(try destinations.map { try DestinationText.json($0, workspace) }))
    for damage in workspace.damage { invocation.console.warning("\(damage)") }
    return .done
  }

  private static let show = Command(
    path: ["destination", "show"], summary: "Show one destination",
    access: .viewer, operands: [id],
    options: [DestinationMapping.option, .json],
    examples: [
      .init("sealpost destination show clinic-file", "its settings and state"),
      .init("sealpost destination show crm --mapping > mapping.json", "its tables, to change them"),
    ]
  ) { invocation in
    let (workspace, destination) = try open(invocation)
    guard !invocation.arguments.has(DestinationMapping.option) else {
      return try DestinationMapping.show(destination, in: workspace, invocation)
    }
    let settings = destination.settings.sorted { $0.key < $1.key }
    let secrets = destination.secrets.keys.sorted()
    let history = try workspace.workerHistory(of: destination.id)
    try invocation.print(
      Table.pairs(
        [
          ("id", .init(destination.id)), ("adapter", .init(destination.adapter)),
          ("enabled", .init(destination.enabled ? "yes" : "no")),
          ("state", .init(DestinationText.state(destination, workspace))),
          ("encryption", .init(EncryptionText.summary(destination.encryption))),
          ("waiting", .init("\(try DestinationText.waiting(destination, workspace))")),
          ("dead letters", .init("\(try workspace.deadLetters(of: destination.id).count())")),
          ("to redrive", .init("\(try DestinationText.redriven(destination, workspace))")),
          ("created", .init(destination.createdAt)),
        ] + WorkerHistoryText.rows(history)
          + (destination.delivery?.values ?? []).map { ("delivery \($0.name)", .init($0.value)) }
          + settings.map { ("set \($0.key)", .init(DestinationMapping.shown($0.key, $0.value))) }
          + secrets.map { ("set \($0)", "(secret)") }),
      json: try DestinationText.json(destination, workspace, history))
    return .done
  }

  private static let enable = Command(
    path: ["destination", "enable"], summary: "Let the host send to a destination",
    access: .editor, operands: [id],
    examples: [.init("sealpost destination enable clinic-file", "from the next run on")]
  ) { invocation in
    let (workspace, destination) = try open(invocation)
    try workspace.enableDestination(destination.id)
    invocation.console.note("Destination \(destination.id) enabled")
    if !destination.encryption.enabled {
      invocation.console.warning(
        "destination \"\(destination.id)\" gets every field in clear. "
          + "See: sealpost encryption enable --help")
    } else if destination.encryption.isWaitingForKey {
      invocation.console.warning(
        "destination \"\(destination.id)\" gets nothing before its key is confirmed. "
          + "See: sealpost encryption answer --help")
    }
    return .done
  }

  private static let disable = Command(
    path: ["destination", "disable"], summary: "Send nothing to a destination",
    access: .editor, operands: [id],
    examples: [.init("sealpost destination disable clinic-file", "from the next run on")]
  ) { invocation in
    let (workspace, destination) = try open(invocation)
    try workspace.disableDestination(destination.id)
    invocation.console.note("Destination \(destination.id) disabled")
    return .done
  }

  private static let remove = Command(
    path: ["destination", "remove"], summary: "Remove a destination and its secrets",
    access: .editor,
    details: [
      "What it has delivered stays, and so do its dead letters.",
      """
      Events that still wait for it stay in its queue, and letters that wait for redrive where they are; they are sent \
      only if a destination of that id is added again.
      """,
    ], operands: [id], options: [.yes],
    examples: [.init("sealpost destination remove clinic-file", "remove it")]
  ) { invocation in
    let (workspace, destination) = try open(invocation)
    let waiting =
      try DestinationText.waiting(destination, workspace)
      + DestinationText.redriven(destination, workspace)
    let events = Count.of(waiting, "event")
    guard
      try waiting == 0
        || invocation.isConfirmed(
          "\(events) that wait for \(destination.id) would not be sent. Remove it?")
    else { return .no }
    try workspace.removeDestination(destination.id)
    invocation.console.note("Destination \(destination.id) removed")
    if waiting > 0 {
      invocation.console.warning(
        "\(events) not delivered, kept in its queue for a destination of that id")
    }
    return .done
  }

  private static let reconcile = Command(
    path: ["destination", "reconcile"],
    summary: "End a destination's quarantine",
    access: .editor,
    details: [
      """
      A destination is quarantined when its document was changed outside the audit log, or when its \
      adapter failed again and again. This accepts the document as it is, or lets the adapter try \
      again; either is recorded.
      """
    ], operands: [id],
    examples: [.init("sealpost destination reconcile clinic-file", "after an edit by hand")]
  ) { invocation in
    let workspace = try invocation.openWorkspace()
    let destination = invocation.arguments.required(id)
    let wasAccepted = try workspace.reconcile(ConfigurationObject.destination(destination))
    let wasReleased = try workspace.releaseDestination(destination)
    invocation.console.note(
      "Destination \(destination) "
        + (wasAccepted || wasReleased
          ? "accepted as it is" : "is as the audit log has it: nothing to do"))
    return .done
  }

  private static func open(_ invocation: Invocation) throws -> (Workspace, Destination) {
    let workspace = try invocation.openWorkspace()
    return (workspace, try invocation.destination(invocation.arguments.required(id), in: workspace))
  }
}
