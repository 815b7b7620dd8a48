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

  enum CodingKeys: String, CodingKey, CaseIterable {
    case format, product, version, abi, library
    case displayName = "display_name"
    case eventTypes = "event_types"
  }

  /// Most bytes of a manifest.
  package static var longest: Int { 64 * 1024 }
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
    do {
      self = try JSONDecoder().decode(AdapterManifest.self, from: Data(json))
    } catch let error as DecodingError {
      throw .manifest(path: path, complaints: [AdapterManifest.complaint(error)])
    } catch {
      throw .manifest(path: path, complaints: ["it is not JSON"])
    }
    let complaints = self.complaints
    guard complaints.isEmpty else { throw .manifest(path: path, complaints: complaints) }
  }

  private var complaints: [String] {
    var found: [String] = []
    if format != 1 { found.append("\"format\" is \(format), this host reads 1") }
    if !isName(product, "abcdefghijklmnopqrstuvwxyz0123456789.-", 128) || !product.contains(".") {
      found.append("\"product\" must be a name in reverse DNS, such as org.example.warehouse")
    }
    if version.wholeMatch(of: #/\d{1,9}\.\d{1,9}\.\d{1,9}([-+][0-9A-Za-z.+-]{1,40})?/#) == nil {
      found.append("\"version\" must be like 1.4.0 (semver.org)")
    }
    if displayName.isEmpty || displayName.utf8.count > 128
      || displayName.contains(where: \.isNewline)
    {
      found.append("\"display_name\" must be one line of 1 to 128 bytes")
    }
    if library.isEmpty || library.utf8.count > 255 || library.contains("/")
      || library.hasPrefix(".")
      || library.utf8.contains(0)
    {
      found.append("\"library\" must be the name of a file beside adapter.json, without a folder")
    }
    for name in eventTypes where !AdapterManifest.calls.contains(name) {
      found.append(
        "\"event_types\" holds a name that is none of \(AdapterManifest.calls.joined(separator: ", "))"
      )
      break
    }
    if eventTypes.isEmpty { found.append("\"event_types\" must name one call at least") }
    return found
  }

  private func isName(_ text: String, _ letters: String, _ longest: Int) -> Bool {
    !text.isEmpty && text.utf8.count <= longest && text.allSatisfy(letters.contains)
      && !text.hasPrefix(".") && !text.hasSuffix(".") && !text.contains("..")
  }

  private static func complaint(_ error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, let context):
      "\"\(name((context.codingPath + [key])))\" is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      context.codingPath.isEmpty
        ? "it is not an object" : "\"\(name(context.codingPath))\" has the wrong type"
    default: "it is not JSON"
    }
  }

  private static func name(_ path: [any CodingKey]) -> String {
    path.map(\.stringValue).joined(separator: ".")
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
