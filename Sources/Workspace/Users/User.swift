/// Somebody who may log in: the document `users/<id>.json`.
package struct User: Codable, Sendable, Equatable {
  package static let currentFormat = 1

  package var format = currentFormat
  /// `usr_` and 20 hexadecimal digits; never changes.
  package let id: String
  /// The actor in the audit log; no two users have the same, upper and lower case being equal.
  package let email: String
  package internal(set) var role: Role
  /// Sees values that are classified, such as dead letters in clear.
  package internal(set) var hasPIIAccess: Bool
  package internal(set) var isEnabled: Bool
  var password: PasswordRecord
  package let createdAt: String

  init(email: String, role: Role, hasPIIAccess: Bool, password: PasswordRecord) {
    id = "usr_" + Names.random(20)
    self.email = email
    self.role = role
    self.hasPIIAccess = hasPIIAccess
    isEnabled = true
    self.password = password
    createdAt = Timestamp.now
  }

  var isActiveOwner: Bool { isEnabled && role == .owner }

  /// What the audit log tells of it.
  var audited: [(String, String)] {
    [
      ("email", email), ("role", role.rawValue), ("pii_access", String(hasPIIAccess)),
      ("enabled", String(isEnabled)),
    ]
  }

  func hasEmail(_ other: String) -> Bool { email.lowercased() == other.lowercased() }

  private enum CodingKeys: String, CodingKey {
    case format, id, email, role, password
    case hasPIIAccess = "pii_access"
    case isEnabled = "enabled"
    case createdAt = "created_at"
  }
}

/// Who runs a command, and what they may.
package struct Actor: Sendable, Equatable {
  /// As the audit log names it: an e-mail address, or `token/<id>`.
  package let name: String
  package let role: Role
  package let hasPIIAccess: Bool
  /// Whether a password or a token says so; without any user, whoever the system lets in is the owner.
  package let isProven: Bool

  init(_ user: User) {
    name = user.email
    role = user.role
    hasPIIAccess = user.hasPIIAccess
    isProven = true
  }

  init(_ token: AccessToken) {
    name = "token/\(token.id)"
    role = token.role
    hasPIIAccess = token.hasPIIAccess
    isProven = true
  }

  /// In a workspace without any user.
  init(unprovenOwner email: String) {
    name = email
    role = .owner
    hasPIIAccess = true
    isProven = false
  }
}
