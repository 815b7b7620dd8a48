internal import AdapterLoading
internal import AuditLog
internal import Cryptography
internal import DestinationHost
internal import Eligibility
internal import Workspace

/// `adapter`: the shared libraries that carry events.
enum AdapterCommands {
  static let noun = Noun(
    name: "adapter", summary: "Destination adapters",
    commands: [
      install, list, AdapterInspection.command, verify, remove, AdapterNoteCommand.command,
      AdapterNewCommand.command, AdapterValidateCommand.command, AdapterTryCommand.command,
    ]
      + AdapterSigningCommands.commands)

  static let folder = Operand("PATH", "A folder with adapter.json and the library that it names")
  static let product = Operand("ID", "The adapter's product id")
  private static let onlyProduct = Operand("ID", "Only this product", isOptional: true)
  private static let files = Operand(
    "PATH", "A library, or a folder of libraries", isOptional: true, isRepeatable: true)
  private static let approve = Option.flag("approve", "Let it have what it asks for")

  private static let install = Command(
    path: ["adapter", "install"], summary: "Install an adapter into the workspace",
    access: .owner,
    details: [
      """
      The package is checked without running any of its code: signed by a key that the workspace \
      trusts, no older release, a shared library for this machine, its product on the workspace's list. \
      Its SHA-256 is recorded; nothing else is ever loaded.
      """,
      """
      What it asks for beyond the installed version has to be approved: see it with adapter inspect, \
      then install with --approve.
      """,
    ],
    operands: [folder], options: [approve, .json],
    examples: [
      .init("sealpost adapter install ./adapter", "install from a folder"),
      .init("sealpost adapter install ./adapter --approve", "with what it asks for"),
    ]
  ) { invocation in
    let workspace = try invocation.openWorkspace()
    let path = invocation.arguments.required(folder)
    var package = try AdapterRefusals.recorded(in: workspace) {
      try InstalledPackage.toInstall(path, into: workspace)
    }
    package.isApproved = invocation.arguments.has(approve)
    let installed = try workspace.install(package)
    if invocation.wantsJSON { invocation.console.data(json(installed)) }
    invocation.console.note(
      "Adapter \(installed.product) \(installed.version) installed, sha256:\(installed.sha256.hex.prefix(16))…, "
        + (installed.keyID.map { "signed by \($0.prefix(16))…" } ?? "not signed"))
    return .done
  }

  private static let list = Command(
    path: ["adapter", "list"], summary: "List the installed adapters, or those in files",
    access: .viewer.orWithoutWorkspace,
    details: ["A file that is not installed is told by its ELF note; none of its code runs."],
    operands: [files], options: [.json],
    examples: [
      .init("sealpost adapter list", "what is installed"),
      .init("sealpost adapter list ./build libcrm.so", "what is in a folder, and in a file"),
    ]
  ) { invocation in
    let paths = invocation.arguments.all(files)
    guard paths.isEmpty else { return try AdapterFiles.list(paths, invocation) }
    let adapters = try invocation.openWorkspace().adapters()
    invocation.print(
      Table(
        columns: [
          .init("product"), .init("version"), .init("release", isNumber: true),
          .init("name", isFlexible: true), .init("installed"), .init("sha256"), .init("key"),
        ],
        rows: adapters.map { adapter in
          [
            .init(adapter.product), .init(adapter.version),
            .init(adapter.release.map(String.init) ?? ""), .init(adapter.displayName),
            .init(adapter.installedAt), .init(adapter.sha256.hex.prefix(16) + "…"),
            .init(adapter.keyID.map { $0.prefix(16) + "…" } ?? "(not signed)"),
          ]
        }), json: .array(adapters.map(json)))
    return .done
  }

  private static let verify = Command(
    path: ["adapter", "verify"], summary: "Check the installed adapters anew",
    access: .viewer,
    details: [
      """
      Bytes, signature, trusted key, target, last day of use, and the product on the list: \
      what every load checks as well.
      """
    ],
    operands: [onlyProduct], options: [.json],
    examples: [.init("sealpost adapter verify", "all of them")],
    exitCodes: [(.no, "some adapter does not hold")]
  ) { invocation in
    let workspace = try invocation.openWorkspace()
    let adapters =
      try invocation.arguments[onlyProduct].map { [try workspace.adapter($0)] }
      ?? workspace.adapters()
    let verdicts = adapters.map { ($0, problem(of: $0, in: workspace)) }
    invocation.print(
      Table(
        columns: [.init("product"), .init("version"), .init("verdict", isFlexible: true)],
        rows: verdicts.map { adapter, problem in
          [.init(adapter.product), .init(adapter.version), .init(problem ?? "holds")]
        }),
      json: .array(
        verdicts.map { adapter, problem in
          .object([
            ("product", .string(adapter.product)), ("version", .string(adapter.version)),
            ("holds", .bool(problem == nil)), ("problem", .optional(problem)),
          ])
        }))
    return verdicts.allSatisfy { $0.1 == nil } ? .done : .no
  }

  private static let remove = Command(
    path: ["adapter", "remove"], summary: "Remove an adapter that no destination uses",
    access: .owner,
    details: ["Its release is remembered: an older one is not installed again."],
    operands: [product],
    examples: [.init("sealpost adapter remove org.example.crm", "every version of it")]
  ) { invocation in
    let product = invocation.arguments.required(product)
    try invocation.openWorkspace().removeAdapter(product)
    invocation.console.note("Adapter \(product) removed")
    return .done
  }
}

// MARK: - Parts

extension AdapterCommands {
  private static func problem(of adapter: InstalledAdapter, in workspace: Workspace) -> String? {
    do {
      try workspace.verify(adapter)
      _ = try InstalledPackage.checked(adapter, in: workspace)
      let decision = workspace.decide(product: adapter.product)
      return decision.allowed ? nil : "\(decision.reason). See: \(decision.mend)"
    } catch {
      return "\(error)"
    }
  }

  static func json(_ adapter: InstalledAdapter) -> JSONText {
    .object([
      ("product", .string(adapter.product)), ("version", .string(adapter.version)),
      ("display_name", .string(adapter.displayName)), ("library", .string(adapter.library)),
      ("sha256", .string(adapter.sha256.hex)), ("size", .integer(adapter.size)),
      ("installed_at", .string(adapter.installedAt)), ("key_id", .optional(adapter.keyID)),
      ("release", adapter.release.map { .integer($0) } ?? .null),
      ("permissions", .strings(adapter.permissions)),
    ])
  }
}

/// Packages that are turned down before the workspace's own checks, in the audit log.
enum AdapterRefusals {
  static func recorded<Result>(
    in workspace: Workspace, _ body: () throws -> Result
  ) throws -> Result {
    do {
      return try body()
    } catch let error as LoadError {
      try workspace.record(
        .adapterRefused, object: "adapter", outcome: .denied,
        changes: [AuditChange(setting: "reason", old: "", new: "\(error)")])
      throw error
    }
  }
}
