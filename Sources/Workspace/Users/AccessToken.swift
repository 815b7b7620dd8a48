internal import Cryptography

/// What a program proves itself with: the document `tokens/<id>.json`, which holds only the SHA-256.
package struct AccessToken: Codable, Sendable, Equatable {
  package static let currentFormat = 1
  package static let maximumDays = 3650

  package var format = currentFormat
  /// 12 hexadecimal digits.
  package let id: String
  package let role: Role
  package let hasPIIAccess: Bool
  package let createdBy: String
  package let createdAt: String
  /// RFC 3339, UTC, as ``Timestamp`` writes it: their order is that of their text.
  package let expiresAt: String
  package internal(set) var revokedAt: String?
  let sha256: SHA256Digest

  /// What the audit log tells of it.
  var audited: [(String, String)] {
    [
      ("role", role.rawValue), ("pii_access", String(hasPIIAccess)), ("expires_at", expiresAt),
      ("revoked_at", revokedAt ?? ""),
    ]
  }

  package func isExpired(at time: String) -> Bool { time >= expiresAt }

  private enum CodingKeys: String, CodingKey {
    case format, id, role, sha256
    case hasPIIAccess = "pii_access"
    case createdBy = "created_by"
    case createdAt = "created_at"
    case expiresAt = "expires_at"
    case revokedAt = "revoked_at"
  }
}

/// The text of a token: `sealpost_<id>_<64 hexadecimal digits>`.
struct AccessTokenText {
  static let prefix = "sealpost"
  /// With a line feed.
  static let longest = 96

  let id: String
  let sha256: SHA256Digest

  /// Nil for any other text; one line feed at its end is right.
  init?(_ bytes: [UInt8]) {
    guard bytes.count <= Self.longest, let text = String(validating: bytes, as: UTF8.self) else {
      return nil
    }
    let parts = text.split(separator: "_", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == Self.prefix, Names.isTokenID(String(parts[1])) else {
      return nil
    }
    let secret = String(parts[2].hasSuffix("\n") ? parts[2].dropLast() : parts[2])
    guard SHA256Digest(hex: secret) != nil else { return nil }
    id = String(parts[1])
    sha256 = Self.digest(id, secret)
  }

  static func digest(_ id: String, _ secret: String) -> SHA256Digest {
    SHA256.hash(Array("\(prefix)_\(id)_\(secret)".utf8))
  }
}
