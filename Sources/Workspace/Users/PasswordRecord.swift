package import Cryptography

/// What is kept of a password: scrypt of it, with its salt and cost; never the password.
package struct PasswordRecord: Codable, Sendable, Equatable {
  /// In characters.
  package static let minimumLength = 12
  /// In bytes.
  package static let maximumLength = 1024
  private static let saltLength = 16
  private static let hashLength = 32

  private let cost: Scrypt.Cost
  /// Base64.
  private let salt: String
  /// Base64.
  private let scrypt: String

  /// Blocks for about half a second at the usual cost; throws `badPassword`.
  ///
  /// - Parameter cost: another one only in tests that hash often.
  package init(
    hashing password: borrowing SecretBytes, cost: Scrypt.Cost = .interactive
  ) throws(WorkspaceError) {
    guard Self.characters(in: password) >= Self.minimumLength,
      password.count <= Self.maximumLength
    else {
      throw .access(.badPassword(minimum: Self.minimumLength, maximum: Self.maximumLength))
    }
    let salt = SecureRandom.bytes(Self.saltLength)
    self.cost = cost
    self.salt = unsafe Base64.encode(salt.span.bytes)
    scrypt = try Self.derive(password, salt, cost).withBytes { Base64.encode($0) }
  }

  /// A record that no password fits, of the usual cost: what a log-in of nobody is held against.
  static let ofNobody = PasswordRecord(
    cost: .interactive, salt: "AAAAAAAAAAAAAAAAAAAAAA==", scrypt: "")

  private init(cost: Scrypt.Cost, salt: String, scrypt: String) {
    self.cost = cost
    self.salt = salt
    self.scrypt = scrypt
  }

  /// Takes the same time whatever the answer.
  func fits(_ password: borrowing SecretBytes) throws(WorkspaceError) -> Bool {
    var salt: [UInt8] = []
    var kept: [UInt8] = []
    try rethrowing(WorkspaceError.cryptography) { () throws(CryptographyError) in
      try unsafe Base64.decode(Array(self.salt.utf8).span.bytes, appendingTo: &salt)
      try unsafe Base64.decode(Array(scrypt.utf8).span.bytes, appendingTo: &kept)
    }
    let derived = try Self.derive(password, salt, cost)
    return derived.withBytes { unsafe constantTimeEqual($0, kept.span.bytes) }
  }

  private static func derive(
    _ password: borrowing SecretBytes, _ salt: [UInt8], _ cost: Scrypt.Cost
  ) throws(WorkspaceError) -> SecretBytes {
    do throws(CryptographyError) {
      return try unsafe Scrypt.derive(
        from: password, salt: salt.span.bytes, cost: cost, count: hashLength)
    } catch {
      throw .cryptography(error)
    }
  }

  /// Unicode scalars: bytes that do not continue one in UTF-8.
  private static func characters(in password: borrowing SecretBytes) -> Int {
    password.withBytes { bytes in
      unsafe bytes.withUnsafeBytes { bytes in unsafe bytes.count { $0 & 0xC0 != 0x80 } }
    }
  }
}
