internal import AdapterLoading
internal import DestinationHost
internal import EventJSON
internal import Privacy
internal import Workspace

/// The setting `mapping` of a destination: what its service is told of each kind of event.
enum DestinationMapping {
  static let option = Option.flag(
    "mapping", "Print the tables that count, the adapter's own and those set in their place")

  private static let name = "mapping"
  private static let longest = 256 << 10

  /// The settings as they were typed, `mapping=@FILE` read and checked against the adapter; every complaint at once.
  static func checked(
    _ settings: [String: SettingValue], of product: String, in workspace: Workspace,
    _ invocation: Invocation
  ) throws -> [String: SettingValue] {
    guard let value = settings[name] else { return settings }
    guard case .string(let word) = value, word.hasPrefix("@"), word.count > 1 else {
      throw CommandError.usage(
        "setting \"mapping\"", invocation.command.name, "it is taken from a file",
        "Write mapping=@FILE; to go back to the adapter's own, --unset mapping.")
    }
    let path = String(word.dropFirst())
    let text = try InputFile.read(path, limit: longest)
    let manifest = try InstalledPackage.checked(workspace.adapter(product), in: workspace)
    let complaints = manifest.complaints(aboutMapping: text)
    for complaint in complaints { invocation.console.error(Printable.text(complaint)) }
    guard complaints.isEmpty else {
      throw CommandError(
        .configuration, "mapping", in: path,
        "\(complaints.count == 1 ? "one thing is" : "\(complaints.count) things are") wrong with it",
        "Mend it and set it again; nothing was changed.")
    }
    return settings.merging([name: .string(String(decoding: text, as: UTF8.self))]) { $1 }
  }

  /// `destination show ID --mapping`.
  static func show(
    _ destination: Destination, in workspace: Workspace, _ invocation: Invocation
  ) throws -> ExitCode {
    let manifest = try InstalledPackage.checked(
      workspace.adapter(destination.adapter), in: workspace)
    guard let text = manifest.mapping(overriddenBy: override(of: destination)) else {
      throw CommandError(
        .configuration, "destination \"\(destination.id)\"",
        "its adapter, \(destination.adapter), has no mapping: it sends events as it gets them",
        "See: sealpost adapter inspect")
    }
    invocation.console.data(
      String(decoding: text, as: UTF8.self) + (text.last == UInt8(ascii: "\n") ? "" : "\n"))
    return .done
  }

  /// Tells of ciphertext that would get into a text or a time, where nobody can open it any more.
  static func warn(
    _ destination: Destination, _ manifest: AdapterManifest, in workspace: Workspace,
    _ invocation: Invocation
  ) throws {
    let values = manifest.remadeValues(overriddenBy: override(of: destination))
    guard !values.isEmpty else { return }
    let decisions = try workspace.decisions(from: "", to: destination)
    for (place, keys) in values {
      let sealed = keys.first {
        [.encrypt, .tokenize].contains(decisions[KeyFolding.fold($0)]?.action)
      }
      guard let sealed else { continue }
      invocation.console.warning(
        "mapping, \(Printable.text(place)): it uses \"\(Printable.text(sealed))\", which is sealed for this "
          + "destination, and makes another value of it. Take it by @path alone, or leave the field in clear."
      )
    }
  }

  private static func override(of destination: Destination) -> [UInt8]? {
    guard case .string(let text)? = destination.settings[name] else { return nil }
    return Array(text.utf8)
  }

  /// A setting's value in a table; a mapping is too long for one.
  static func shown(_ key: String, _ value: SettingValue) -> String {
    key == name ? "(yours; see --mapping)" : value.json
  }
}
