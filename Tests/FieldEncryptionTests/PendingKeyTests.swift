import Cryptography
import FieldEncryption
import Testing

struct PendingKeyTests {
  private static let start = "2025-01-01T00:00:00Z"
  private static let later = "2025-02-01T00:00:00Z"

  private static func new(
    _ key: RSAPrivateKey, proof: EncryptionKeyRecord.Proof? = nil
  ) -> NewKey { NewKey(key.publicKey, .imported, proof: proof) }

  /// Enabled with the 2048-bit key waiting for its challenge, and no other.
  private func waiting() throws -> EncryptionSettings {
    try EncryptionSettings().enabled(
      fields: ["email"], format: nil, key: Self.new(TestKeys.rsa2048), at: Self.start)
  }

  private func secret(_ text: String) -> SecretBytes {
    unsafe SecretBytes(copying: Array(text.utf8).span.bytes)
  }

  /// The settings after the answer, as `answerChallenge` makes them.
  private func confirmed(
    _ settings: EncryptionSettings, by answer: borrowing SecretBytes
  ) throws(FieldEncryptionError) -> EncryptionSettings {
    let pending = settings.pendingKey
    return try settings.confirming(
      pending, isRight: pending?.isAnswered(by: answer) ?? false, at: Self.later)
  }

  @Test func `a new key is pending and no other is active`() throws {
    let settings = try waiting()
    #expect(settings.isWaitingForKey)
    #expect(settings.activeKey == nil)
    #expect(settings.pendingKey?.kid == TestKeys.rsa2048.publicKey.thumbprint)
    #expect(settings.pendingKey?.addedAt == Self.start)
  }

  @Test(arguments: [2048, 3072, 4096])
  func `the private key answers the challenge, and the key is active`(bits: Int) throws {
    let key = TestKeys.key(bits)
    let settings = try EncryptionSettings().enabled(
      fields: ["email"], format: nil, key: Self.new(key), at: Self.start)
    let pending = try #require(settings.pendingKey)
    let active = try confirmed(settings, by: try pending.answer(with: key))
    #expect(active.pendingKey == nil)
    #expect(active.activeKey?.kid == key.publicKey.thumbprint)
    #expect(active.activeKey?.activatedAt == Self.later)
    #expect(active.activeKey?.proof == .answered)
    #expect(try active.activeKey?.publicKey().thumbprint == key.publicKey.thumbprint)
  }

  @Test func `whatever opens a value opens the challenge, and white space does not matter`() throws
  {
    let settings = try waiting()
    let pending = try #require(settings.pendingKey)
    let opening = try opened(pending.challenge, keys: [TestKeys.rsa2048])
    let text = try #require(opening.json).content
    #expect(text.hasPrefix(PendingKey.answerPrefix))
    #expect(text.utf8.count == PendingKey.answerPrefix.utf8.count + 43)
    #expect(try confirmed(settings, by: secret(" \t\(text)\r\n")).activeKey != nil)
  }

  @Test func `a pending key is withdrawn, unless nothing else could seal`() throws {
    let waiting = try waiting()
    let kid = try #require(waiting.pendingKey).kid
    #expect(throws: FieldEncryptionError.onlyKeyPending(kid: kid)) {
      try waiting.withdrawingPendingKey()
    }
    let off = try waiting.disabled().withdrawingPendingKey()
    #expect(off.pendingKey == nil && off.activeKey == nil && off.fields == ["email"])
    let active = try EncryptionSettings().enabled(
      fields: ["email"], format: nil, key: Self.new(TestKeys.rsa3072, proof: .skipped),
      at: Self.start)
    let both = try active.rotatedKey(to: Self.new(TestKeys.rsa2048), at: Self.later)
    #expect(try both.withdrawingPendingKey() == active)
    #expect(throws: FieldEncryptionError.noPendingKey) { try active.withdrawingPendingKey() }
    // It was never in use, so it may come again.
    #expect(try active.rotatedKey(to: Self.new(TestKeys.rsa2048), at: Self.later).pendingKey != nil)
  }

  @Test func `no other answer is taken`() throws {
    let settings = try waiting()
    let pending = try #require(settings.pendingKey)
    let right = try #require(try opened(pending.challenge, keys: [TestKeys.rsa2048]).json).content
    for wrong in [
      "", " ", PendingKey.answerPrefix, String(right.dropLast()), right + "A", right.uppercased(),
      String(right.dropFirst(PendingKey.answerPrefix.count)), pending.challenge, right + "\u{0}",
    ] {
      #expect(throws: FieldEncryptionError.wrongAnswer(kid: pending.kid)) {
        try confirmed(settings, by: secret(wrong))
      }
    }
    #expect(throws: CryptographyError.decryptionFailed) {
      _ = try pending.answer(with: TestKeys.other2048)
    }
    #expect(throws: FieldEncryptionError.noPendingKey) {
      try confirmed(EncryptionSettings(), by: secret(right))
    }
  }

  @Test func `the answer to another challenge of the same key is not taken`() throws {
    let first = try #require(try waiting().pendingKey)
    let second = try waiting()
    #expect(first.challenge != second.pendingKey?.challenge)
    #expect(throws: FieldEncryptionError.wrongAnswer(kid: first.kid)) {
      try confirmed(second, by: try first.answer(with: TestKeys.rsa2048))
    }
  }

  @Test func `the active key stays in use until the challenge is answered, and is then retired`()
    throws
  {
    let active = try EncryptionSettings().enabled(
      fields: ["email"], format: nil, key: Self.new(TestKeys.rsa2048, proof: .readBack),
      at: Self.start)
    let both = try active.rotatedKey(to: Self.new(TestKeys.rsa3072), at: Self.start)
    #expect(both.activeKey == active.activeKey)
    #expect(!both.isWaitingForKey)
    #expect(both.retiredKeys.isEmpty)
    let pending = try #require(both.pendingKey)
    let rotated = try confirmed(both, by: try pending.answer(with: TestKeys.rsa3072))
    #expect(rotated.activeKey?.kid == TestKeys.rsa3072.publicKey.thumbprint)
    #expect(rotated.retiredKeys.map(\.kid) == [TestKeys.rsa2048.publicKey.thumbprint])
    #expect(rotated.retiredKeys.first?.retiredAt == Self.later)
  }

  @Test func `a pending key gives way to another, and to itself without a challenge`() throws {
    let first = try waiting()
    #expect(throws: FieldEncryptionError.keyAlreadyPending(kid: first.pendingKey?.kid ?? "")) {
      try first.rotatedKey(to: Self.new(TestKeys.rsa2048), at: Self.later)
    }
    let other = try first.rotatedKey(to: Self.new(TestKeys.rsa4096), at: Self.later)
    #expect(other.pendingKey?.kid == TestKeys.rsa4096.publicKey.thumbprint)
    #expect(other.retiredKeys.isEmpty)
    let skipped = try first.rotatedKey(
      to: Self.new(TestKeys.rsa2048, proof: .skipped), at: Self.later)
    #expect(skipped.pendingKey == nil)
    #expect(skipped.activeKey?.proof == .skipped)
  }

  @Test func `disabling keeps a pending key for the next time`() throws {
    let off = try waiting().disabled()
    #expect(!off.isWaitingForKey)
    let on = try off.enabled(fields: [], format: nil, key: nil, at: Self.later)
    #expect(on.isWaitingForKey)
    #expect(on.pendingKey == off.pendingKey)
  }
}
