internal import Eligibility
internal import Privacy

extension WorkspaceSettings: Document {}
extension Destination: Document {}
extension InstalledAdapter: Document {}
extension AdapterTrust: Document {}
extension ImportedLists: Document {}
extension User: Document {}
extension AccessToken: Document {}
extension Source: Document {}
extension PrivacySettings: Document {}
extension ProductAllowlist: Document {}
extension SnapshotSeries: Document {}
extension Replica: Document {}

/// What the audit log calls an object, and the file that holds its document.
package enum ConfigurationObject {
  package static let workspace = "workspace"
  package static let privacy = "privacy"
  package static let products = "products"
  package static let adapterTrust = "adapter-trust"
  package static let productLists = "product-lists"
  /// The snapshots that were taken of this workspace.
  package static let snapshots = "snapshots"
  /// The workspace that this folder is a replica of.
  package static let replica = "replica"
  package static func destination(_ id: String) -> String { "destination/\(id)" }
  package static func adapter(_ product: String) -> String { "adapter/\(product)" }
  package static func user(_ id: String) -> String { "user/\(id)" }
  package static func token(_ id: String) -> String { "token/\(id)" }
  package static func source(_ id: String) -> String { "source/\(id)" }

  /// Whether it is the name of an object that has a document.
  package static func isDocument(_ object: String) -> Bool { file(of: object) != nil }

  /// The file below the workspace's folder; nil for an object that has no document.
  static func file(of object: String) -> String? {
    switch object {
    case workspace: return "workspace.json"
    case privacy: return "privacy.json"
    case products: return "eligible-products.json"
    case adapterTrust: return "adapter-trust.json"
    case productLists: return "product-lists.json"
    case snapshots: return "snapshots.json"
    case replica: return "replica.json"
    default: break
    }
    let parts = object.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2 else { return nil }
    if parts[0] == "destination", Names.isDestinationID(parts[1]) {
      return "destinations/\(parts[1]).json"
    }
    if parts[0] == "adapter", ProductID.isValid(parts[1]) {
      return "adapters/\(parts[1])/installed.json"
    }
    if parts[0] == "user", Names.isUserID(parts[1]) { return "users/\(parts[1]).json" }
    if parts[0] == "source", Names.isSourceID(parts[1]) { return "sources/\(parts[1]).json" }
    if parts[0] == "token", Names.isTokenID(parts[1]) { return "tokens/\(parts[1]).json" }
    return nil
  }

  /// The object whose document a file below the workspace's folder is; nil for any other file.
  static func object(ofFile file: String) -> String? {
    let single = [workspace, privacy, products, adapterTrust, productLists, snapshots, replica]
    if let object = single.first(where: { self.file(of: $0) == file }) { return object }
    let parts = file.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count >= 2 else { return nil }
    let name = parts[1].hasSuffix(".json") ? String(parts[1].dropLast(".json".count)) : parts[1]
    let candidates = [
      destination(name), source(name), user(name), token(name), adapter(parts[1]),
    ]
    return candidates.first { self.file(of: $0) == file }
  }

  /// Whether the bytes are such a document at all; throws `badDocument`, or why what it says does not hold.
  static func check(
    _ bytes: [UInt8], of object: String, at path: String
  ) throws(WorkspaceError) {
    func decode<D: Document>(_ type: D.Type) throws(WorkspaceError) -> D {
      try DocumentCoding.decode(type, from: bytes, path: path)
    }
    func check(_ id: String, _ name: (String) -> String) throws(WorkspaceError) {
      guard name(id) == object else {
        throw .badDocument(path: path, reason: "it is not of what its file is named after")
      }
    }
    switch object {
    case workspace: _ = try decode(WorkspaceSettings.self)
    case privacy:
      let settings = try decode(PrivacySettings.self)
      try rethrowing(WorkspaceError.privacy) { () throws(PrivacyError) in try settings.check() }
    case products: _ = try decode(ProductAllowlist.self)
    case productLists: _ = try decode(ImportedLists.self).inForce()
    case adapterTrust: _ = try decode(AdapterTrust.self)
    case snapshots: _ = try decode(SnapshotSeries.self)
    case replica: _ = try decode(Replica.self)
    case _ where object.hasPrefix("user/"): try check(decode(User.self).id, user)
    case _ where object.hasPrefix("token/"): try check(decode(AccessToken.self).id, token)
    case _ where object.hasPrefix("source/"): try check(decode(Source.self).id, source)
    case _ where object.hasPrefix("destination/"):
      try check(decode(Destination.self).id, destination)
    default: try check(decode(InstalledAdapter.self).product, adapter)
    }
  }
}
