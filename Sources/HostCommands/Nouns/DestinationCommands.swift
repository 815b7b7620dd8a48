internal import AdapterLoading
internal import Cryptography
internal import DeliveryQueue
internal import DestinationHost
internal import Eligibility
internal import FieldEncryption
internal import Workspace

/// `destination`: where events go.
enum DestinationCommands {
  static let noun = Noun(
    name: "destination", summary: "Destinations",
    commands: [
      add, list, show, set, DestinationTestCommand.command, enable, disable, remove, reconcile,
    ]
      + DestinationFilterCommands.commands)

  private static let id = Operand("ID", "The destination's id")
  private static let newID = Operand("ID", "1 to 64 of a-z, 0-9 and hyphens")
  private static let adapter = Option.value(
    "adapter", "PRODUCT", "The product id of an installed adapter", isRequired: true)
  private static let setting = Option.repeated("set", "K=V", "A setting of the adapter")
  private static let secret = Option.repeated(
    "set-secret", "K=@FILE", "A secret, taken from a file of mode 0600")
  private static let longestString = Option.value(
    "max-string-length", "N",
    "The longest string that it keeps whole, in characters; none: what its adapter says")
  private static let unset = Option.repeated("unset", "K", "Removes a setting or a secret")

  private static let add = Command(
    path: ["destination", "add"], summary: "Add a destination, not enabled yet",
    access: .editor,
    operands: [newID], options: [adapter, setting, secret],
    examples: [
      .init(
        "sealpost destination add clinic-file --adapter org.sealpost.ndjson-file --set path=out.ndjson",
        "events into a file")
    ]
  ) { invocation in
    let arguments = invocation.arguments
    let destination = arguments.required(newID)
    let workspace = try invocation.openWorkspace()
    let product = arguments.required(adapter)
    try workspace.addDestination(
      destination, adapter: product,
      settings: try DestinationMapping.checked(
        try settings(invocation), of: product, in: workspace, invocation),
      secrets: try secrets(invocation))
    try warn(of: destination, invocation)
    invocation.console.note(
      "Destination \(destination) added. Next: sealpost encryption enable \(destination), "
        + "sealpost destination enable \(destination)")
    return .done
  }

  private static let words = Operand(
    "K=V", "Settings; true, false, null, numbers and lists are JSON, all else is text",
    isOptional: true,
    isRepeatable: true)

  private static let set = Command(
    path: ["destination", "set"], summary: "Change a destination's settings",
    access: .editor,
    details: [
      "A host that runs takes them at once.",
      """
      Settings named host.… are the host's own, about the requests that it sends and the connections that it makes \
      for the adapter: host.allow_private_addresses, host.allow_plain_http, host.allow_plain_connections (to private \
      addresses alone), and host.trusted_certificates, a file in PEM.
      """,
      """
      mapping=@FILE puts tables of your own in place of the adapter's: what its service is told of \
      each kind of event. Start from destination show --mapping; --unset mapping goes back.
      """,
    ],
    operands: [id, words], options: [secret, unset, longestString] + DeliveryOptions.all,
    examples: [
      .init("sealpost destination set clinic-file rotate_bytes=104857600", "one setting"),
      .init("sealpost destination set clinic-file --rate-limit 100", "100 events a second at most"),
      .init("sealpost destination set crm mapping=@mapping.json", "tables of your own"),
    ]
  ) { invocation in
    let (workspace, destination) = try open(invocation)
    let values = try DestinationMapping.checked(
      try settings(invocation.arguments.all(words), invocation), of: destination.adapter,
      in: workspace, invocation)
    let removed = invocation.arguments.all(unset)
    let secrets = try secrets(invocation)
    let delivery = try DeliveryOptions.change(invocation)
    let length = try maximumStringLength(invocation)
    let hasSettings = !values.isEmpty || !removed.isEmpty || !secrets.isEmpty
    guard hasSettings || delivery != nil || length != nil else {
      throw CommandError.usage(
        "settings", invocation.command.name, "none was given",
        "Give K=V, --set-secret, --unset or --max-string-length.")
    }
    if hasSettings {
      try workspace.setDestination(
        destination.id, settings: values, removing: removed, secrets: secrets)
      try warn(of: destination.id, invocation)
    }
    if let delivery { try workspace.setDelivery(of: destination.id, delivery) }
    if let length { try workspace.setMaximumStringLength(length, of: destination.id) }
    invocation.console.note("Destination \(destination.id) changed")
    return .done
  }

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
            .init(state(destination, workspace)),
          ]
        }), json: .array(try destinations.map { try json($0, workspace) }))
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
          ("state", .init(state(destination, workspace))),
          ("encryption", .init(EncryptionText.summary(destination.encryption))),
          ("waiting", .init("\(try waiting(destination, workspace))")),
          ("dead letters", .init("\(try workspace.deadLetters(of: destination.id).count())")),
          ("created", .init(destination.createdAt)),
        ] + WorkerHistoryText.rows(history)
          + (destination.delivery?.values ?? []).map { ("delivery \($0.name)", .init($0.value)) }
          + settings.map { ("set \($0.key)", .init(DestinationMapping.shown($0.key, $0.value))) }
          + secrets.map { ("set \($0)", "(secret)") }),
      json: try json(destination, workspace, history))
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
    details: ["What it has delivered stays, and so do its dead letters."], operands: [id],
    examples: [.init("sealpost destination remove clinic-file", "remove it")]
  ) { invocation in
    let (workspace, destination) = try open(invocation)
    try workspace.removeDestination(destination.id)
    invocation.console.note("Destination \(destination.id) removed")
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
}

// MARK: - What was typed

extension DestinationCommands {
  private static func open(_ invocation: Invocation) throws -> (Workspace, Destination) {
    let workspace = try invocation.openWorkspace()
    return (workspace, try invocation.destination(invocation.arguments.required(id), in: workspace))
  }

  private static func settings(_ invocation: Invocation) throws -> [String: SettingValue] {
    try settings(invocation.arguments.all(setting), invocation)
  }

  private static func settings(
    _ words: [String], _ invocation: Invocation
  ) throws -> [String: SettingValue] {
    try words.reduce(into: [:]) { settings, word in
      let (key, value) = try SettingWords.pair(word, of: invocation.command.name)
      settings[key] = value
    }
  }

  /// What would keep the adapter from starting, as far as its manifest says; and secrets that it will not get.
  private static func warn(of id: String, _ invocation: Invocation) throws {
    let workspace = try invocation.openWorkspace()
    let destination = try workspace.destination(id)
    // A package that does not hold is told where it matters: by the run, and by adapter verify.
    guard
      let manifest = try? InstalledPackage.checked(
        workspace.adapter(destination.adapter), in: workspace)
    else { return }
    for complaint in manifest.complaints(
      aboutSettings: destination.settingsJSON, secrets: Set(destination.secrets.keys))
    {
      invocation.console.warning(
        "setting \(complaint). Until then it does not start. See: sealpost adapter inspect")
    }
    try DestinationMapping.warn(destination, manifest, in: workspace, invocation)
    for name in destination.secrets.keys.sorted()
    where !(manifest.permissions.secrets + manifest.permissions.httpSecrets).contains(name) {
      invocation.console.warning(
        "secret \"\(name)\": \(destination.adapter) asks for none of that name and will not get it. "
          + "See: sealpost adapter inspect")
    }
  }

  /// Nil when it was not typed, and nil within when `none` was.
  private static func maximumStringLength(_ invocation: Invocation) throws -> Int?? {
    guard let text = invocation.arguments[longestString] else { return nil }
    if text == "none" { return .some(nil) }
    guard let length = Int(text), length > 0 else {
      throw CommandError.usage(
        "option \"\(longestString.typed)\"", invocation.command.name,
        "\"\(Printable.short(text))\" is no length", "Give a number of characters, or none.")
    }
    return length
  }

  private static func secrets(_ invocation: Invocation) throws -> [String: [UInt8]] {
    try invocation.arguments.all(secret).reduce(into: [:]) { secrets, word in
      let (key, file) = try SettingWords.secret(word, of: invocation.command.name)
      var bytes = try SecretBytes(readingFile: file)
      bytes.dropTrailingNewlines()
      secrets[key] = bytes.withBytes { secret in
        unsafe secret.withUnsafeBytes { unsafe Array($0) }
      }
    }
  }
}

// MARK: - Output

extension DestinationCommands {
  /// Events in its queue.
  private static func waiting(_ destination: Destination, _ workspace: Workspace) throws -> Int {
    try QueueSurvey(folder: workspace.queueFolder(of: destination.id)).waiting
  }

  static func state(_ destination: Destination, _ workspace: Workspace) -> String {
    if let quarantine = destination.quarantine { return "quarantined: \(quarantine)" }
    if destination.delivery?.isPaused == true { return "paused" }
    let decision = workspace.decide(product: destination.adapter)
    return decision.allowed ? "ready" : decision.reason
  }

  /// The history takes a reading of the whole audit log, so a list goes without.
  private static func json(
    _ destination: Destination, _ workspace: Workspace, _ history: WorkerHistory? = nil
  ) throws -> JSONText {
    let decision = workspace.decide(product: destination.adapter)
    return .object(
      [
        ("id", .string(destination.id)), ("adapter", .string(destination.adapter)),
        ("enabled", .bool(destination.enabled)),
        ("allowed", .bool(decision.allowed && destination.quarantine == nil)),
        ("state", .string(state(destination, workspace))),
        ("settings", .verbatim(SettingValue.object(destination.settings).json)),
        ("secrets", .strings(destination.secrets.keys.sorted())),
        ("encryption", EncryptionText.json(destination.encryption)),
        ("waiting", .integer(try waiting(destination, workspace))),
        ("maximum_string_length", destination.maximumStringLength.map { .integer($0) } ?? .null),
        ("dead_letters", .integer(try workspace.deadLetters(of: destination.id).count())),
        ("created_at", .string(destination.createdAt)),
      ] + (history.map { [("worker", WorkerHistoryText.json($0))] } ?? []))
  }
}
