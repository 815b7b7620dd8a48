package import Cryptography
internal import Eligibility

/// Whose adapters a workspace takes: the document `adapter-trust.json`; there is none until the first key is trusted.
package struct AdapterTrust: Codable, Sendable, Equatable {
  package static let currentFormat = 1

  package var format = currentFormat
  /// By id, none twice.
  package internal(set) var keys: [Key] = []
  /// For each product that was removed the release that it had: none before it is installed again.
  package internal(set) var releases: [String: Release] = [:]

  /// A public key for Ed25519.
  package struct Key: Codable, Sendable, Equatable {
    /// The SHA-256 of the key, 64 hexadecimal digits.
    package let id: String
    package let name: String
    /// 32 bytes in base64.
    package let publicKey: String
    package let addedAt: String

    private enum CodingKeys: String, CodingKey {
      case id, name
      case publicKey = "public_key"
      case addedAt = "added_at"
    }

    package func verifyingKey() throws(CryptographyError) -> Ed25519.VerifyingKey {
      var bytes: [UInt8] = []
      try unsafe Base64.decode(Array(publicKey.utf8).span.bytes, appendingTo: &bytes)
      return try Ed25519.VerifyingKey(rawBytes: bytes)
    }
  }

  package struct Release: Codable, Sendable, Equatable {
    package let number: Int
    package let manifestSHA256: SHA256Digest

    private enum CodingKeys: String, CodingKey {
      case number = "release"
      case manifestSHA256 = "manifest_sha256"
    }
  }
}

extension AdapterTrust {
  /// What the audit log tells of it.
  var audited: [(String, String)] {
    keys.map { ("key.\($0.id)", $0.name) }
      + releases.sorted { $0.key < $1.key }.map { ("release.\($0.key)", "\($0.value.number)") }
  }
}
