internal import AdapterLoading
internal import Cryptography
internal import Workspace

/// `adapter`: the shared libraries that carry events.
enum AdapterCommands {
  static let noun = Noun(
    name: "adapter", summary: "Destination adapters", commands: [install, list, inspect])

  private static let folder = Operand(
    "PATH", "A folder with adapter.json and the library that it names")

  private static let install = Command(
    path: ["adapter", "install"], summary: "Install an adapter into the workspace",
    details: [
      """
      The library is checked without running any of its code: a shared library for this machine, \
      its product on the workspace's list. Its SHA-256 is recorded; nothing else is ever loaded.
      """
    ],
    operands: [folder], options: [.json],
    examples: [.init("sealpost adapter install ./adapter", "install from a folder")]
  ) { invocation in
    let (folder, library) = try checked(invocation)
    let workspace = try invocation.openWorkspace()
    let manifest = folder.manifest
    let installed = try workspace.install(
      AdapterPackage(
        product: manifest.product, version: manifest.version, displayName: manifest.displayName,
        library: manifest.library, sha256: library.sha256, manifest: folder.manifestBytes,
        libraryPath: folder.libraryPath))
    if invocation.wantsJSON { invocation.console.data(json(installed)) }
    invocation.console.note(
      "Adapter \(installed.product) \(installed.version) installed, sha256:\(installed.sha256.hex.prefix(16))…"
    )
    return .done
  }

  private static let list = Command(
    path: ["adapter", "list"], summary: "List the installed adapters", options: [.json],
    examples: [.init("sealpost adapter list", "what is installed")]
  ) { invocation in
    let adapters = try invocation.openWorkspace().adapters()
    invocation.print(
      Table(
        columns: [
          .init("product"), .init("version"), .init("name", isFlexible: true), .init("installed"),
          .init("sha256"),
        ],
        rows: adapters.map { adapter in
          [
            .init(adapter.product), .init(adapter.version), .init(adapter.displayName),
            .init(adapter.installedAt), .init(adapter.sha256.hex.prefix(16) + "…"),
          ]
        }), json: .array(adapters.map(json)))
    return .done
  }

  private static let inspect = Command(
    path: ["adapter", "inspect"],
    summary: "Show what an adapter says of itself, without running it",
    operands: [folder], options: [.json],
    examples: [.init("sealpost adapter inspect ./adapter", "look before installing")]
  ) { invocation in
    let (folder, library) = try checked(invocation)
    let manifest = folder.manifest
    invocation.print(
      Table.pairs([
        ("product", .init(manifest.product)), ("version", .init(manifest.version)),
        ("name", .init(manifest.displayName)),
        ("abi", .init("\(manifest.abi.major).\(manifest.abi.minor)")),
        ("serves", .init(manifest.eventTypes.joined(separator: ", "))),
        ("library", .init(folder.libraryPath)), ("size", .init("\(library.size) bytes")),
        ("sha256", .init(library.sha256.hex)),
      ]), json: json(folder, library.sha256, library.size))
    return .done
  }

  /// Reads the folder, and holds the library's bytes against the rules; none of its code runs.
  private static func checked(
    _ invocation: Invocation
  ) throws -> (folder: AdapterFolder, library: (sha256: SHA256Digest, size: Int)) {
    let folder = try AdapterFolder(folder: invocation.arguments.required(folder))
    let library = try SealedLibrary(path: folder.libraryPath)
    try library.check(.standard, path: folder.libraryPath)
    return (folder, (library.sha256, library.size))
  }

  private static func json(_ adapter: InstalledAdapter) -> JSONText {
    .object([
      ("product", .string(adapter.product)), ("version", .string(adapter.version)),
      ("display_name", .string(adapter.displayName)), ("library", .string(adapter.library)),
      ("sha256", .string(adapter.sha256.hex)), ("size", .integer(adapter.size)),
      ("installed_at", .string(adapter.installedAt)),
    ])
  }

  private static func json(_ folder: AdapterFolder, _ sha256: SHA256Digest, _ size: Int) -> JSONText
  {
    let manifest = folder.manifest
    return .object([
      ("product", .string(manifest.product)), ("version", .string(manifest.version)),
      ("display_name", .string(manifest.displayName)),
      ("abi", .string("\(manifest.abi.major).\(manifest.abi.minor)")),
      ("event_types", .strings(manifest.eventTypes)), ("library", .string(folder.libraryPath)),
      ("sha256", .string(sha256.hex)), ("size", .integer(size)),
    ])
  }
}
