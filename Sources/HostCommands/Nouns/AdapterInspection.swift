internal import AdapterLoading
internal import Cryptography
internal import DestinationHost
internal import Workspace

/// `adapter inspect`: what a package says of itself, whether it would be taken, and what it asks for.
enum AdapterInspection {
  static let command = Command(
    path: ["adapter", "inspect"],
    summary: "Show what an adapter says of itself, without running it",
    access: .viewer.orWithoutWorkspace,
    details: [
      """
      Its permissions are compared with those of the installed version: + is new and has to be \
      approved, = is approved, - is given up. Without a workspace everything is new.
      """
    ],
    operands: [AdapterCommands.folder], options: [.json],
    examples: [.init("sealpost adapter inspect ./adapter", "look before installing")], run: run)

  private static func run(_ invocation: Invocation) throws -> ExitCode {
    let path = invocation.arguments.required(AdapterCommands.folder)
    if AdapterFiles.isFile(path) { return try AdapterFiles.list([path], invocation) }
    let folder = try AdapterFolder(folder: path)
    let library = try SealedLibrary(path: folder.libraryPath)
    try library.check(.standard, path: folder.libraryPath)
    let note = try library.checkNote(against: folder.manifest, path: folder.libraryPath)
    let workspace = try workspace(invocation)
    let verdict = try verdict(folder, library, workspace)
    let rights = rights(folder.manifest, workspace)
    let sandbox = sandbox(folder, library, workspace)
    let manifest = folder.manifest
    let rows: [(String, Table.Cell)] = [
      ("product", .init(manifest.product)), ("version", .init(manifest.version)),
      ("release", .init(manifest.release.map(String.init) ?? "(none)")),
      ("name", .init(manifest.displayName)),
      ("abi", .init("\(manifest.abi.major).\(manifest.abi.minor)")),
      (
        "ELF note",
        .init(note.map(AdapterFiles.text) ?? "none: the library alone does not say what it is")
      ),
      ("target", .init(manifest.target ?? "(not said)")),
      ("serves", .init(manifest.eventTypes.joined(separator: ", "))),
      ("not after", .init(manifest.notAfter ?? "(no limit)")),
      ("library", .init(folder.libraryPath)), ("size", .init("\(library.size) bytes")),
      ("sha256", .init(library.sha256.hex)), ("signature", .init(verdict.text)),
      ("sandbox here", .init(sandbox)),
    ]
    let permissions: [(String, Table.Cell)] =
      rights.isEmpty
      ? [("asks for", "nothing beyond its own process")]
      : rights.map { ("asks for \($0.mark)", Table.Cell($0.line)) }
    let settings = (manifest.settingLines ?? []).map { ("setting \($0.name)", Table.Cell($0.text)) }
    invocation.print(
      Table.pairs(rows + settings + permissions),
      json: .object([
        ("product", .string(manifest.product)), ("version", .string(manifest.version)),
        ("release", manifest.release.map { .integer($0) } ?? .null),
        ("display_name", .string(manifest.displayName)),
        ("abi", .string("\(manifest.abi.major).\(manifest.abi.minor)")),
        ("target", .optional(manifest.target)), ("not_after", .optional(manifest.notAfter)),
        ("event_types", .strings(manifest.eventTypes)), ("library", .string(folder.libraryPath)),
        ("sha256", .string(library.sha256.hex)), ("size", .integer(library.size)),
        (
          "signature",
          .object([
            ("key_id", .optional(folder.signature?.keyID)), ("holds", .bool(verdict.holds)),
            ("text", .string(verdict.text)),
          ])
        ),
        (
          "settings",
          manifest.settingLines.map { lines in
            .array(
              lines.map { .object([("name", .string($0.name)), ("text", .string($0.text))]) })
          } ?? .null
        ),
        (
          "permissions",
          .array(
            rights.map { .object([("change", .string($0.mark)), ("right", .string($0.line))]) })
        ), ("sandbox", .string(sandbox)),
      ]))
    return .done
  }

  /// Nil where there is no workspace to compare with.
  private static func workspace(_ invocation: Invocation) throws -> Workspace? {
    do {
      return try invocation.openWorkspace()
    } catch WorkspaceError.noSuchFolder, WorkspaceError.notAWorkspace {
      return nil
    }
  }

  /// Whether the workspace would take it, in words.
  private static func verdict(
    _ folder: AdapterFolder, _ library: borrowing SealedLibrary, _ workspace: Workspace?
  ) throws -> (holds: Bool, text: String) {
    guard let workspace else {
      return (
        false,
        folder.signature.map { "by \($0.keyID); not checked: there is no workspace" } ?? "none"
      )
    }
    do {
      let signer = try InstalledPackage.rules(of: workspace).check(
        folder, sha256: library.sha256, size: library.size)
      return (true, signer.map { "holds, by \($0.name) (\($0.id))" } ?? "none; not required here")
    } catch let error as LoadError {
      return (false, "\(error)")
    }
  }

  /// What a worker for it gets on this machine, by trial: one is started, binds itself, and ends.
  private static func sandbox(
    _ folder: AdapterFolder, _ library: borrowing SealedLibrary, _ workspace: Workspace?
  ) -> String {
    var configuration = WorkerConfiguration(
      libraryPath: folder.libraryPath, expectedSHA256: library.sha256, manifest: folder.manifest,
      destinationID: "inspect", settingsJSON: [], willLoad: { _ in }, observe: { _ in })
    let mode = workspace?.settings.sandboxInForce.rawValue
    configuration.sandbox = mode.flatMap(SandboxMode.init) ?? .required
    if let size = workspace?.settings.workerMemory { configuration.memoryLimit = size << 20 }
    do throws(LoadError) {
      return try SandboxTrial.level(of: configuration, library).description
    } catch {
      return "\(error)"
    }
  }

  private static func rights(
    _ manifest: AdapterManifest, _ workspace: Workspace?
  ) -> [(mark: String, line: String)] {
    let old = workspace?.adapters().first { $0.product == manifest.product }?.permissions ?? []
    let new = manifest.permissions.lines
    return new.map { (old.contains($0) ? "=" : "+", $0) }
      + old.filter { !new.contains($0) }.map { ("-", $0) }
  }
}
