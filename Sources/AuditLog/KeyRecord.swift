internal import Cryptography

/// The records by which one key follows another.
///
/// The first is introduced by itself; each later one begins a segment, and the key before signs it together with
/// the tree as it is then: whoever holds a later key cannot write earlier segments anew. One that takes the place of
/// a key that was lost is signed by itself, and every verifier says so.
enum KeyRecord {
  /// What is signed: which key follows which, where, and after which records.
  struct Statement {
    var origin: String
    var segment: Int
    /// The tree before the record.
    var size: UInt64
    var root: SHA256Digest
    var old: [UInt8]?
    var new: [UInt8]

    var bytes: [UInt8] {
      let lines = unsafe [
        "sealpost audit key 1", origin, "\(segment)", "\(size)",
        Base64.encode(root.bytes.span.bytes), old.map { unsafe Base64.encode($0.span.bytes) } ?? "",
        Base64.encode(new.span.bytes),
      ]
      return Array(lines.map { $0 + "\n" }.joined().utf8)
    }

    /// The entry; `key` is the old key, or the new one where there is none, or none any more.
    func entry(
      signedBy key: Ed25519.SigningKey, actor: String = "system"
    ) throws(CryptographyError) -> AuditEntry {
      let signature = try unsafe key.signature(of: bytes.span.bytes)
      return unsafe AuditEntry(
        actor: actor, type: type(signer: key.verifyingKey.rawBytes), outcome: .ok, requestID: "",
        object: "audit/\(segment)",
        changes: [
          AuditChange(
            setting: "public_key", old: old.map { unsafe Base64.encode($0.span.bytes) } ?? "",
            new: Base64.encode(new.span.bytes)),
          AuditChange(setting: "signature", old: "", new: Base64.encode(signature.span.bytes)),
        ])
    }

    private func type(signer: [UInt8]) -> AuditEventType {
      guard old != nil else { return .auditLogKeyIntroduced }
      return signer == new ? .auditLogKeyReplaced : .auditLogKeyHandedOver
    }

    func isSigned(by publicKey: [UInt8], _ signature: [UInt8]) -> Bool {
      guard let key = try? Ed25519.VerifyingKey(rawBytes: publicKey) else { return false }
      return (try? unsafe key.verifies(signature.span.bytes, of: bytes.span.bytes)) == true
    }
  }

  /// The new key that a record of such a type brings; nil when it is not in its one form.
  static func newKey(of record: AuditRecord) -> (key: [UInt8], signature: [UInt8])? {
    let changes = record.entry.changes
    guard changes.map(\.setting) == ["public_key", "signature"],
      let key = Base64.bytes(of: changes[0].new), key.count == Ed25519.publicKeyLength,
      let signature = Base64.bytes(of: changes[1].new)
    else { return nil }
    return (key, signature)
  }
}

extension AuditEventType {
  var bringsKey: Bool {
    self == .auditLogKeyIntroduced || self == .auditLogKeyHandedOver || self == .auditLogKeyReplaced
  }
}
