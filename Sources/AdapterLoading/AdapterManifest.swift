internal import CDestinationAdapter
internal import EventMapping
internal import Foundation

/// What an adapter says of itself in `adapter.json`, before any of its code runs.
package struct AdapterManifest: Codable, Sendable, Equatable {
  /// The ABI that the library was built with.
  package struct ABI: Codable, Sendable, Equatable {
    package var major: UInt32
    package var minor: UInt32
  }

  /// Of the document; 1.
  package var format: Int
  /// The product it delivers to, in reverse DNS.
  package var product: String
  /// Of the adapter, after semver.org.
  package var version: String
  package var displayName: String
  package var abi: ABI
  /// Name of the library's file, beside the manifest.
  package var library: String
  /// Names of the calls it serves, such as `track`.
  package var eventTypes: [String]
  /// What it asks for beyond its own process; may be left out.
  package var permissions = AdapterPermissions.none
  /// The machine that the library is built for, such as `x86_64-linux-gnu`; required in a signed package, as are the
  /// next three.
  package var target: String?
  /// Of the library's bytes, in hexadecimal digits.
  package var sha256: String?
  /// Of the library, in bytes.
  package var size: Int?
  /// Counts the author's releases, from 1; an older one than was ever installed is refused.
  package var release: Int?
  /// The last day on which it may be used, `YYYY-MM-DD`, UTC.
  package var notAfter: String?
  /// A JSON Schema; when it is there, the library's has to be the same.
  package var settingsSchema: JSONDocument?
  /// What it tells its destination of each kind of event, as the author wrote it; an operator may override it.
  ///
  /// The worker is not told: it is given the mapping that counts among its settings.
  package var mapping: String?

  enum CodingKeys: String, CodingKey, CaseIterable {
    case format, product, version, abi, library, permissions, target, sha256, size, release
    case displayName = "display_name"
    case eventTypes = "event_types"
    case notAfter = "not_after"
    case settingsSchema = "settings_schema"
  }

  /// Most bytes of a manifest.
  package static var longest: Int { 64 * 1024 }
  #if arch(x86_64)
    package static let targetHere = "x86_64-linux-gnu"
  #elseif arch(arm64)
    package static let targetHere = "aarch64-linux-gnu"
  #else
    package static let targetHere = "unknown-linux-gnu"
  #endif
  static let targets = ["x86_64-linux-gnu", "aarch64-linux-gnu"]
  static let calls = ["identify", "track", "page", "screen", "group", "alias"]

  /// The calls it serves, as the header's bits (`DESTINATION_SERVES_…`).
  package var servedTypes: UInt32 {
    eventTypes.reduce(0) { bits, name in
      bits | (AdapterManifest.calls.firstIndex(of: name).map { 1 << UInt32($0 + 1) } ?? 0)
    }
  }
}

// MARK: - Reading

extension AdapterManifest {
  /// Reads the document; throws `LoadError.manifest` with every complaint at once, each naming the key and the mend.
  package init(json: [UInt8], path: String) throws(LoadError) {
    guard json.count <= AdapterManifest.longest else {
      throw .manifest(
        path: path, complaints: ["it is longer than \(AdapterManifest.longest) bytes"])
    }
    let draft: ManifestDraft
    do {
      draft = try JSONDecoder().decode(ManifestDraft.self, from: Data(json))
    } catch DecodingError.typeMismatch {
      throw .manifest(path: path, complaints: ["it is not an object"])
    } catch {
      throw .manifest(path: path, complaints: ["it is not JSON"])
    }
    self = draft.manifest
    mapping = MappingSetting.text(inManifest: json).map { String(decoding: $0, as: UTF8.self) }
    let complaints = draft.complaints + complaintsAboutOwnMapping()
    guard complaints.isEmpty else { throw .manifest(path: path, complaints: complaints) }
  }
}

/// What could be read of a manifest, and all that is wrong with it.
private struct ManifestDraft: Decodable {
  let manifest: AdapterManifest
  let complaints: [String]

  init(from decoder: any Decoder) throws {
    var reader = try ManifestReader(
      decoder,
      known: AdapterManifest.CodingKeys.allCases.map(\.rawValue) + [MappingSetting.name])
    let abi = reader.value(
      "abi", ABIDraft.self, expected: #"an object such as {"major":1,"minor":0}"#,
      else: ABIDraft())
    reader.add(abi.complaints)
    let permissions = reader.optional(
      "permissions", PermissionsDraft.self,
      expected: "an object with \(AdapterPermissions.keys.joined(separator: ", "))",
      else: PermissionsDraft())
    reader.add(permissions.complaints)
    manifest = AdapterManifest(
      format: reader.value("format", Int.self, expected: "the number 1", else: 1),
      product: reader.text("product", ManifestDraft.product),
      version: reader.text("version", ManifestDraft.version),
      displayName: reader.text("display_name", ManifestDraft.displayName),
      abi: abi.abi, library: reader.text("library", ManifestDraft.library),
      eventTypes: reader.value(
        "event_types", [String].self, expected: ManifestDraft.eventTypes, else: []),
      permissions: permissions.permissions,
      target: reader.optional("target", String?.self, expected: ManifestDraft.target, else: nil),
      sha256: reader.optional("sha256", String?.self, expected: ManifestDraft.sha256, else: nil),
      size: reader.optional("size", Int?.self, expected: ManifestDraft.size, else: nil),
      release: reader.optional("release", Int?.self, expected: ManifestDraft.release, else: nil),
      notAfter: reader.optional(
        "not_after", String?.self, expected: ManifestDraft.notAfter, else: nil),
      settingsSchema: reader.optional(
        "settings_schema", JSONDocument?.self, expected: ManifestDraft.schema, else: nil))
    reader.check(manifest)
    complaints = reader.complaints
  }

  static let product = "a name in reverse DNS, such as org.example.warehouse"
  static let version = "like 1.4.0 (semver.org)"
  static let displayName = "one line of 1 to 128 bytes"
  static let library = "the name of a file beside adapter.json: letters, digits and . _ + - only"
  static let target = "one of \(AdapterManifest.targets.joined(separator: ", "))"
  static let sha256 = "64 hexadecimal digits in lower case"
  static let size = "the library's size in bytes"
  static let release = "a whole number from 1"
  static let notAfter = "a day such as 2027-12-31"
  static let schema = "an object, a JSON Schema"
  static let eventTypes =
    "a list of one or more of \(AdapterManifest.calls.joined(separator: ", ")), each once"
}

/// The member `abi`, likewise.
private struct ABIDraft: Decodable {
  var abi = AdapterManifest.ABI(major: DESTINATION_ABI_MAJOR, minor: 0)
  var complaints: [String] = []

  init() {}

  init(from decoder: any Decoder) throws {
    var reader = try ManifestReader(decoder, path: "abi.", known: ["major", "minor"])
    let number = "a whole number, as in the header that the library was built with"
    abi.major = reader.value("major", UInt32.self, expected: number, else: abi.major)
    abi.minor = reader.value("minor", UInt32.self, expected: number, else: 0)
    reader.expect(
      abi.major == DESTINATION_ABI_MAJOR, "major",
      "\(DESTINATION_ABI_MAJOR), which this host loads; it is \(abi.major)")
    complaints = reader.complaints
  }
}

// MARK: - Rules

extension ManifestReader {
  fileprivate mutating func text(_ key: String, _ expected: String) -> String {
    value(key, String.self, expected: expected, else: "")
  }

  fileprivate mutating func check(_ manifest: AdapterManifest) {
    expect(manifest.format == 1, "format", "1, which this host reads; it is \(manifest.format)")
    expect(manifest.product.isProductName, "product", ManifestDraft.product)
    let version = #/[0-9]{1,9}\.[0-9]{1,9}\.[0-9]{1,9}([-+][0-9A-Za-z.+-]{1,32})?/#
    expect(
      (try? version.wholeMatch(in: manifest.version)) != nil, "version", ManifestDraft.version)
    let name = manifest.displayName
    expect(
      (1...128).contains(name.utf8.count) && name == name.withoutControls, "display_name",
      ManifestDraft.displayName)
    expect(manifest.library.isPlainFileName, "library", ManifestDraft.library)
    let types = manifest.eventTypes
    expect(
      !types.isEmpty && Set(types).count == types.count
        && types.allSatisfy(AdapterManifest.calls.contains), "event_types",
      ManifestDraft.eventTypes)
    checkFacts(manifest)
  }

  private mutating func checkFacts(_ manifest: AdapterManifest) {
    expect(
      manifest.target.map(AdapterManifest.targets.contains) ?? true, "target",
      ManifestDraft.target)
    expect(manifest.sha256.map(AdapterKey.isID) ?? true, "sha256", ManifestDraft.sha256)
    expect(manifest.size.map { $0 > 0 } ?? true, "size", ManifestDraft.size)
    expect(manifest.release.map { $0 > 0 } ?? true, "release", ManifestDraft.release)
    let day = #/[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])/#
    expect(
      manifest.notAfter.map { (try? day.wholeMatch(in: $0)) != nil } ?? true, "not_after",
      ManifestDraft.notAfter)
    let isObject = if case .object? = manifest.settingsSchema { true } else { false }
    expect(manifest.settingsSchema == nil || isObject, "settings_schema", ManifestDraft.schema)
  }
}

extension String {
  fileprivate var isProductName: Bool {
    consists(of: "abcdefghijklmnopqrstuvwxyz0123456789.-", most: 128) && contains(".")
      && !hasPrefix(".") && !hasSuffix(".") && !contains("..")
  }

  fileprivate var isPlainFileName: Bool {
    consists(
      of: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+-", most: 255)
      && !hasPrefix(".")
  }

  /// Whether it has 1 to `most` bytes, each of them one of `letters`.
  private func consists(of letters: String, most: Int) -> Bool {
    !isEmpty && utf8.count <= most && utf8.allSatisfy(letters.utf8.contains)
  }
}

// MARK: - Writing

extension AdapterManifest {
  /// The document, for the worker.
  func json() throws(LoadError) -> [UInt8] {
    do { return Array(try JSONEncoder().encode(self)) } catch {
      throw .manifest(path: "adapter.json", complaints: ["it cannot be written"])
    }
  }
}
