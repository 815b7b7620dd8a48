package import Cryptography

/// The version of an adapter that is in use: the document `adapters/<product>/installed.json`.
package struct InstalledAdapter: Codable, Sendable, Equatable {
  package static let currentFormat = 1

  package var format = currentFormat
  package let product: String
  package let version: String
  package let displayName: String
  /// The file name of the library in `adapters/<product>/<version>/`.
  package let library: String
  /// Of the library's bytes.
  package let sha256: SHA256Digest
  /// Of the library, in bytes.
  package let size: Int
  /// Of the bytes of `adapter.json`.
  package let manifestSHA256: SHA256Digest
  package let installedAt: String
  /// The key that signed it; nil for an unsigned one.
  package let keyID: String?
  package let release: Int?
  /// What the operator let it have, one line each.
  package let permissions: [String]

  private enum CodingKeys: String, CodingKey {
    case format, product, version
    case displayName = "display_name"
    case library, sha256, size
    case manifestSHA256 = "manifest_sha256"
    case installedAt = "installed_at"
    case keyID = "key_id"
    case release, permissions
  }
}

/// An adapter to be installed, as whoever read its manifest and hashed its library describes it.
package struct AdapterPackage: Sendable {
  package let product: String
  package let version: String
  package let displayName: String
  /// The file name of the library, without a folder.
  package let library: String
  /// Of the library's bytes, as they were inspected.
  package let sha256: SHA256Digest
  /// The exact bytes of `adapter.json`.
  package let manifest: [UInt8]
  /// Where the library is copied from.
  package let libraryPath: String
  /// The text of `adapter.json.sig`; nil for an unsigned one.
  package var signature: [UInt8]?
  /// Of the key that signed it, verified by whoever made this.
  package var keyID: String?
  package var release: Int?
  /// What it asks for, one line each.
  package var permissions: [String] = []
  /// Whether the operator has seen those lines and agrees.
  package var isApproved = false

  package init(
    product: String, version: String, displayName: String, library: String,
    sha256: SHA256Digest, manifest: [UInt8], libraryPath: String
  ) {
    self.product = product
    self.version = version
    self.displayName = displayName
    self.library = library
    self.sha256 = sha256
    self.manifest = manifest
    self.libraryPath = libraryPath
  }
}
