internal import Cryptography

// MARK: - Keys and checkpoints

extension Segment {
  var keys: SigningKeys { SigningKeys(folder: folder) }

  /// Brings keys, the segment's first record and its checkpoint to where they belong, whatever was interrupted.
  mutating func settle() throws(AuditError) {
    let torn = try tornTail()
    try keys.settle(reader.signer)
    if reader.signer?.segment != number {
      try bringKey(and: torn)
    } else if let torn {
      try write([torn])
    }
    if covered == nil { try writeCheckpoint() }
    if let signer = reader.signer { try keys.erasePast(signer) }
  }

  /// A new key comes into force with the next record, signed by the key before when there is one.
  private mutating func bringKey(and torn: AuditEntry?) throws(AuditError) {
    let old = try reader.signer.map { (signer) throws(AuditError) in try keys.current(signer) }
    let new = try keys.makeNext()
    let statement = reader.statement(introducing: new.verifyingKey.rawBytes)
    let entry: AuditEntry
    do throws(CryptographyError) {
      entry = try statement.entry(signedBy: old ?? new)
    } catch {
      throw .keyUnusable(path: folder.keys, reason: "\(error)")
    }
    try write([entry] + (torn.map { [$0] } ?? []))
    try keys.settle(reader.signer)
  }

  /// A new key in place of one that was lost, for good and for all to see; then a checkpoint by it.
  ///
  /// Throws `keyInPlace` when the present key is there and is the right one.
  mutating func replaceLostKey(as actor: String) throws(AuditError) -> Checkpoint? {
    if let failure { throw failure }
    guard let signer = reader.signer else {
      try settle()
      return try writeCheckpoint()
    }
    do throws(AuditError) {
      _ = try keys.current(signer)
      throw .keyInPlace(path: keys.path(signer.segment))
    } catch {
      guard error.isAboutLostKey else { throw error }
    }
    let new = try keys.makeNext()
    let statement = reader.statement(introducing: new.verifyingKey.rawBytes)
    let entry: AuditEntry
    do throws(CryptographyError) { entry = try statement.entry(signedBy: new, actor: actor) } catch
    {
      throw .keyUnusable(path: folder.keys, reason: "\(error)")
    }
    try write([entry])
    try keys.settle(reader.signer)
    return try writeCheckpoint()
  }

  /// Why the present key cannot sign; nil when it can.
  var keyProblem: AuditError? {
    guard let signer = reader.signer else { return nil }
    do throws(AuditError) { _ = try keys.current(signer) } catch { return error }
    return nil
  }

  private mutating func write(_ entries: [AuditEntry]) throws(AuditError) {
    for result in try commit(entries[...]) { _ = try result.get() }
  }

  /// Signs the log as it is, unless its newest checkpoint says the same.
  @discardableResult
  mutating func writeCheckpoint() throws(AuditError) -> Checkpoint? {
    if let failure { throw failure }
    guard let signer = reader.signer else { return nil }
    let size = reader.state.sequence
    if let last = try folder.readCheckpoint(number) {
      guard last.size <= size else {
        throw .rolledBack(path: folder.checkpoint(number), records: size, expected: last.size)
      }
      covered = last.size
      if last.size == size { return last }
    }
    let key = try keys.current(signer)
    let checkpoint: Checkpoint
    do throws(CryptographyError) {
      checkpoint = try Checkpoint(
        origin: reader.origin, size: size, root: reader.root(), signedBy: key)
    } catch {
      throw .keyUnusable(path: keys.path(number), reason: "\(error)")
    }
    try folder.replace(folder.checkpoint(number), with: checkpoint.note.bytes)
    covered = size
    return checkpoint
  }

  var signers: [AuditSigner] { reader.signers }

  /// Whether there is something that the newest checkpoint does not cover.
  var isUncovered: Bool { covered != reader.state.sequence }
}
