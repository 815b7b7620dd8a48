internal import Foundation
internal import Glibc

extension WorkerConfiguration {
  /// The manifest's permissions, with this destination's settings put in; throws when one may not be given.
  func sandboxPolicy() throws(LoadError) -> SandboxPolicy {
    let permissions = manifest.permissions
    let settings = SettingWords(settingsJSON)
    var files: [FileGrant] = []
    for permission in permissions.files where settings.hold(permission.when) {
      guard let path = settings.path(of: permission) else { continue }
      // The worker opens the real place and follows no link to it: what was checked is what is opened.
      let grant = FileGrant(
        path: RealPath.of(path), access: FileGrant.Access(permission.access))
      try check(grant)
      files.append(grant)
    }
    return SandboxPolicy(
      mode: sandbox, files: files, memoryLimit: max(1 << 20, memoryLimit), kernel: kernel)
  }

  /// Those secrets of the destination that the manifest names, by name.
  var grantedSecrets: [(name: String, value: [UInt8])] {
    secrets.filter { manifest.permissions.secrets.contains($0.key) }
      .sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// Nothing of the system's own, and nothing of the workspace: its keys, its audit log, the other destinations.
  private func check(_ grant: FileGrant) throws(LoadError) {
    let real = grant.access == .rotate ? FileGrant.folder(of: grant.path) : grant.path
    let system = ["/proc", "/sys", "/dev", "/boot"]
    if real == "/" || system.contains(where: { RealPath.contains($0, real) }) {
      throw .permission(
        product: manifest.product, path: real, reason: "it is the system's. Name another place.")
    }
    guard let protectedFolder else { return }
    let workspace = RealPath.of(protectedFolder)
    guard !RealPath.contains(real, workspace), !RealPath.contains(workspace, real) else {
      throw .permission(
        product: manifest.product, path: real,
        reason: "the workspace stands there. Give the adapter's files a folder of their own.")
    }
  }
}

extension FileGrant.Access {
  fileprivate init(_ access: FilePermission.Access) {
    self =
      switch access {
      case .read: .read
      case .write: .write
      case .rotate: .rotate
      }
  }
}

/// A destination's settings, as far as permissions speak of them.
struct SettingWords {
  private let settings: [String: Word]

  init(_ json: [UInt8]) {
    settings = (try? JSONDecoder().decode([String: Word].self, from: Data(json))) ?? [:]
  }

  /// Nil when the setting is not there: then nothing is opened.
  func path(of permission: FilePermission) -> String? {
    guard let setting = permission.setting else { return permission.path }
    guard case .text(let path)? = settings[setting], !path.isEmpty, !path.utf8.contains(0) else {
      return nil
    }
    return path
  }

  /// The setting's text; nil when there is none.
  func text(_ setting: String) -> String? {
    guard case .text(let text)? = settings[setting] else { return nil }
    return text
  }

  func hold(_ setting: String?) -> Bool {
    guard let setting else { return true }
    switch settings[setting] {
    case .text(let text)?: return !text.isEmpty
    case .number(let number)?: return number != 0
    case .flag(let flag)?: return flag
    case .other?, nil: return false
    }
  }

  private enum Word: Decodable {
    case text(String)
    case number(Double)
    case flag(Bool)
    case other

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if let text = try? value.decode(String.self) {
        self = .text(text)
      } else if let flag = try? value.decode(Bool.self) {
        self = .flag(flag)
      } else if let number = try? value.decode(Double.self) {
        self = .number(number)
      } else {
        self = .other
      }
    }
  }
}

/// Where a path leads, symbolic links followed; the last step may be missing.
private enum RealPath {
  static func of(_ path: String) -> String {
    if let whole = resolved(path) { return whole }
    let folder = FileGrant.folder(of: path)
    guard let real = resolved(folder) else { return path }
    let name = path.split(separator: "/").last.map(String.init) ?? ""
    return real == "/" ? "/" + name : real + "/" + name
  }

  /// Whether `inner` is the folder or stands in it.
  static func contains(_ folder: String, _ inner: String) -> Bool {
    inner == folder || inner.hasPrefix(folder == "/" ? "/" : folder + "/")
  }

  private static func resolved(_ path: String) -> String? {
    guard let real = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(real) }
    return unsafe String(cString: real)
  }
}
