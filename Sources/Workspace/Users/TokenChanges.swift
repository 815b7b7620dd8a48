internal import AuditLog
package import Cryptography
internal import Glibc

/// A token that was just made.
package struct NewAccessToken: ~Copyable {
  package let token: AccessToken
  /// For whoever is to hold it, once; with a line feed.
  package let text: SecretBytes
}

// MARK: - Tokens

extension Workspace {
  /// Makes a token; its text is given once and kept nowhere.
  ///
  /// Throws `badLifetime`.
  package func createToken(
    role: Role, piiAccess: Bool, days: Int
  ) throws(WorkspaceError) -> NewAccessToken {
    guard (1...AccessToken.maximumDays).contains(days) else {
      throw .access(.badLifetime(maximum: AccessToken.maximumDays))
    }
    let id = Names.random(12)
    let secret = Names.random(64)
    let token = AccessToken(
      id: id, role: role, hasPIIAccess: piiAccess, createdBy: actor, createdAt: Timestamp.now,
      expiresAt: Timestamp.text(Int(time(nil)) + days * 86_400), revokedAt: nil,
      sha256: AccessTokenText.digest(id, secret))
    try Disk.makeFolder(layout.tokens, existing: true)
    try change(.tokenCreated, ConfigurationObject.token(id), of: AccessToken.self) {
      (_) throws(WorkspaceError) in
      Change(document: token, changes: AuditedValues.difference([], token.audited))
    }
    var text = Array("\(AccessTokenText.prefix)_\(id)_\(secret)\n".utf8)
    return NewAccessToken(token: token, text: SecretBytes(moving: &text))
  }

  /// From now on it opens nothing; throws `noSuchToken`.
  package func revokeToken(_ id: String) throws(WorkspaceError) {
    guard Names.isTokenID(id), tokens().contains(where: { $0.id == id }) else {
      throw .access(.noSuchToken(String(id.prefix(64))))
    }
    try change(.tokenRevoked, ConfigurationObject.token(id), of: AccessToken.self) {
      (present) throws(WorkspaceError) in
      guard let old = present else { throw .access(.noSuchToken(id)) }
      var new = old
      new.revokedAt = old.revokedAt ?? Timestamp.now
      return Change(
        document: new, changes: AuditedValues.difference(old.audited, new.audited))
    }
  }

  /// Who a token makes of whoever holds it; throws `tokenRefused`, which is audited.
  package func actor(holding text: [UInt8]) throws(WorkspaceError) -> Actor {
    guard let text = AccessTokenText(text) else {
      throw .access(.tokenRefused(reason: "the file holds no token"))
    }
    let found = tokens().first { $0.id == text.id }
    let kept = found?.sha256 ?? SHA256.hash([])
    let fits = unsafe constantTimeEqual(kept.bytes.span.bytes, text.sha256.bytes.span.bytes)
    guard let token = found, fits else { throw try refusedToken(text.id, "it is not known here") }
    if token.revokedAt != nil { throw try refusedToken(text.id, "it was revoked") }
    if token.isExpired(at: Timestamp.now) {
      throw try refusedToken(text.id, "it expired at \(token.expiresAt)")
    }
    return Actor(token)
  }

  private func refusedToken(
    _ id: String, _ reason: String
  ) throws(WorkspaceError) -> WorkspaceError {
    try acting(as: "token/\(id)").record(
      .accessDenied, object: "token/\(id)", outcome: .denied, changes: [.reason(reason)])
    return .access(.tokenRefused(reason: reason))
  }
}
