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

/// What the audit log calls an object, and the file that holds its document.
package enum ConfigurationObject {
  package static let workspace = "workspace"
  package static let privacy = "privacy"
  package static let products = "products"
  package static let adapterTrust = "adapter-trust"
  package static let productLists = "product-lists"
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
}
