internal import AdapterLoading
internal import Cryptography
internal import DestinationHost
internal import Workspace

/// `destination add` and `destination set`: what a destination's adapter is told.
enum DestinationSettingsCommands {
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

  static let add = Command(
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

  static let set = Command(
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
    let workspace = try invocation.openWorkspace()
    let destination = try invocation.destination(
      invocation.arguments.required(id), in: workspace)
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
}

// MARK: - What was typed

extension DestinationSettingsCommands {
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
