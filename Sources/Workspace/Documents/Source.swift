package import Cryptography

/// Where events come from by HTTP: the document `sources/<id>.json`.
///
/// A sender proves itself with the source's write key, of which only the SHA-256 is kept.
package struct Source: Codable, Sendable, Equatable {
  package static let currentFormat = 1
  /// How long an old write key may go on beside its successor.
  package static let longestOverlapHours = 720

  package var format = currentFormat
  package let id: String
  package internal(set) var enabled: Bool
  package let createdAt: String
  package let createdBy: String
  /// The one in force.
  package internal(set) var writeKey: WriteKey
  /// The one before, until it expires.
  package internal(set) var oldWriteKey: WriteKey?

  /// Of one write key.
  package struct WriteKey: Codable, Sendable, Equatable {
    package let createdAt: String
    /// RFC 3339, UTC; nil for the one in force.
    package internal(set) var expiresAt: String?
    package let sha256: SHA256Digest

    private enum CodingKeys: String, CodingKey {
      case sha256
      case createdAt = "created_at"
      case expiresAt = "expires_at"
    }
  }

  /// What the audit log tells of it: never a key, nor its hash.
  var audited: [(String, String)] {
    [
      ("enabled", String(enabled)), ("write_key_created_at", writeKey.createdAt),
      ("old_write_key_expires_at", oldWriteKey?.expiresAt ?? ""),
    ]
  }

  private enum CodingKeys: String, CodingKey {
    case format, id, enabled
    case createdAt = "created_at"
    case createdBy = "created_by"
    case writeKey = "write_key"
    case oldWriteKey = "old_write_key"
  }
}

extension Source {
  /// The hashes of the keys that open it now, each with the time at which it ends.
  package func openedBy(at time: String) -> [(sha256: SHA256Digest, expiresAt: String?)] {
    guard enabled else { return [] }
    let keys = [writeKey] + (oldWriteKey.map { [$0] } ?? [])
    return keys.filter { $0.expiresAt.map { time < $0 } ?? true }.map { ($0.sha256, $0.expiresAt) }
  }
}
