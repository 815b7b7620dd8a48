/// What an adapter asks for beyond its own process: the manifest's `permissions`; all that is not named is closed to it.
package struct AdapterPermissions: Codable, Sendable, Equatable {
  /// Hosts to which the host sends HTTP requests for it, each `name` or `name:port`, or `$settings.NAME`: the host of
  /// the URL that the destination's setting of that name is.
  package var http: [String]
  package var files: [FilePermission]
  /// Where the host connects to for it, each `host:port`, or `$settings.NAME`: the destination's setting that is one.
  package var network: [String]
  /// The host's own streams, `stdout` and `stderr`, that it may write to.
  package var output: [String]
  /// Names of the secrets that it may ask the host for.
  package var secrets: [String]
  /// Names of the secrets that the host puts into its HTTP requests, and that it never has itself.
  package var httpSecrets: [String]

  package init(
    http: [String] = [], files: [FilePermission] = [], network: [String] = [],
    output: [String] = [], secrets: [String] = [], httpSecrets: [String] = []
  ) {
    self.http = http
    self.files = files
    self.network = network
    self.output = output
    self.secrets = secrets
    self.httpSecrets = httpSecrets
  }

  package static let none = AdapterPermissions()

  /// One line for each right: what an operator approves, and what is compared and audited.
  package var lines: [String] {
    http.map { "http \($0)" }
      + files.map {
        "files \($0.access.rawValue) \($0.path)" + ($0.when.map { " when \($0)" } ?? "")
      }
      + network.map { "network \($0)" } + output.map { "output \($0)" }
      + secrets.map { "secret \($0)" } + httpSecrets.map { "http-secret \($0)" }
  }

  static let keys = ["http", "files", "network", "output", "secrets", "http_secrets"]
  static let streams = ["stdout", "stderr"]

  private enum CodingKeys: String, CodingKey {
    case http, files, network, output, secrets
    case httpSecrets = "http_secrets"
  }
}

/// A place of the file system that an adapter asks for.
package struct FilePermission: Codable, Sendable, Hashable {
  package enum Access: String, Codable, Sendable, CaseIterable {
    /// To read the file, or everything in the directory.
    case read
    /// To read and write the file, which is made (mode 0600) when it is not there; or everything in the directory.
    case write
    /// To make, rename and remove files in the file's directory, and to write to them; to read none of them.
    case rotate
  }

  /// An absolute path, or `$settings.NAME`: the value of the destination's setting of that name.
  package var path: String
  package var access: Access
  /// Name of a setting: the permission is given only while that setting is there and is not 0, false or empty.
  package var when: String?

  package init(path: String, access: Access, when: String? = nil) {
    self.path = path
    self.access = access
    self.when = when
  }

  static let settingPrefix = "$settings."

  /// The setting whose value is the path; nil for a fixed path.
  package var setting: String? {
    path.hasPrefix(Self.settingPrefix) ? String(path.dropFirst(Self.settingPrefix.count)) : nil
  }
}

// MARK: - Reading

/// The member `permissions`, and all that is wrong with it.
struct PermissionsDraft: Decodable {
  let permissions: AdapterPermissions
  let complaints: [String]

  init() {
    permissions = .none
    complaints = []
  }

  init(from decoder: any Decoder) throws {
    var reader = try ManifestReader(decoder, path: "permissions.", known: AdapterPermissions.keys)
    let names = "a list of names"
    let files = reader.optional(
      "files", [FileDraft].self, expected: "a list of objects", else: [])
    permissions = AdapterPermissions(
      http: reader.optional("http", [String].self, expected: names, else: []),
      files: files.map(\.file),
      network: reader.optional("network", [String].self, expected: names, else: []),
      output: reader.optional("output", [String].self, expected: names, else: []),
      secrets: reader.optional("secrets", [String].self, expected: names, else: []),
      httpSecrets: reader.optional("http_secrets", [String].self, expected: names, else: []))
    reader.add(files.flatMap(\.complaints))
    reader.check(permissions)
    complaints = reader.complaints
  }
}

/// One member of `permissions.files`, likewise.
private struct FileDraft: Decodable {
  let file: FilePermission
  let complaints: [String]

  init(from decoder: any Decoder) throws {
    var reader = try ManifestReader(
      decoder, path: "permissions.files.", known: ["path", "access", "when"])
    let path = #"an absolute path, or "$settings.NAME""#
    let access = "one of \(FilePermission.Access.allCases.map(\.rawValue).joined(separator: ", "))"
    let written = reader.value("access", String.self, expected: access, else: "read")
    let when = reader.optional("when", String.self, expected: "a setting's name", else: "")
    file = FilePermission(
      path: reader.value("path", String.self, expected: path, else: "$settings.path"),
      access: FilePermission.Access(rawValue: written) ?? .read, when: when.isEmpty ? nil : when)
    reader.expect(FilePermission.Access(rawValue: written) != nil, "access", access)
    reader.expect(file.isPlain, "path", path + #", without "." and "..""#)
    complaints = reader.complaints
  }
}

extension FilePermission {
  /// Whether the path means one place: no steps back, no doubled slashes, no control characters.
  fileprivate var isPlain: Bool {
    if let setting { return !setting.isEmpty && setting.utf8.count <= 128 }
    let steps = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    return path.hasPrefix("/") && path.utf8.count <= 1024 && path == path.withoutControls
      && steps.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
  }
}

extension ManifestReader {
  fileprivate mutating func check(_ permissions: AdapterPermissions) {
    check(
      permissions.http, "http",
      #"host names, each with or without a port, or "$settings.NAME", each once"#
    ) { $0.isHost || $0.isHostAndPort || $0.isSetting }
    check(permissions.network, "network", #"host:port pairs, or "$settings.NAME", each once"#) {
      $0.isHostAndPort || $0.isSetting
    }
    check(permissions.output, "output", "of stdout and stderr, each once") {
      AdapterPermissions.streams.contains($0)
    }
    for (key, secrets) in [
      ("secrets", permissions.secrets), ("http_secrets", permissions.httpSecrets),
    ] {
      check(secrets, key, "names of 1 to 128 bytes, each once") {
        !$0.isEmpty && $0.utf8.count <= 128 && $0 == $0.withoutControls
      }
    }
    expect(
      Set(permissions.secrets).isDisjoint(with: permissions.httpSecrets), "http_secrets",
      "without a name that stands in secrets: the adapter has those")
    expect(
      permissions.files.count <= 32 && Set(permissions.files).count == permissions.files.count,
      "files", "a list of at most 32 places, each once")
  }

  private mutating func check(
    _ names: [String], _ key: String, _ expected: String, _ isRight: (String) -> Bool
  ) {
    expect(
      names.count <= 32 && Set(names).count == names.count && names.allSatisfy(isRight), key,
      "a list of at most 32 \(expected)")
  }
}

extension String {
  /// A DNS name or an IPv4 address, in lower case; no wildcard.
  fileprivate var isHost: Bool {
    (1...253).contains(utf8.count)
      && utf8.allSatisfy("abcdefghijklmnopqrstuvwxyz0123456789.-".utf8.contains)
      && split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
        !$0.isEmpty && $0.utf8.count <= 63 && !$0.hasPrefix("-") && !$0.hasSuffix("-")
      }
  }

  fileprivate var isSetting: Bool {
    hasPrefix(FilePermission.settingPrefix) && utf8.count <= 128 && self == withoutControls
      && utf8.count > FilePermission.settingPrefix.utf8.count
  }

  fileprivate var isHostAndPort: Bool {
    let parts = split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let port = UInt16(parts[1]) else { return false }
    return port > 0 && String(parts[0]).isHost && String(port) == parts[1]
  }
}
