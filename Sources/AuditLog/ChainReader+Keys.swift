internal import Cryptography

// MARK: - Keys and checkpoints

extension ChainReader {
  /// What signs a key that follows here.
  mutating func statement(introducing new: [UInt8]) -> KeyRecord.Statement {
    KeyRecord.Statement(
      origin: origin, segment: segment, size: tree.count, root: root(), old: signer?.publicKey,
      new: new)
  }

  /// The key of the record comes into force; else why it may not.
  mutating func takeKey(_ form: RecordForm, _ bytes: RawSpan) -> String? {
    if let signer {
      guard follows(signer, form.type) else { return "a key does not follow another one here" }
    } else {
      guard form.type == .auditLogKeyIntroduced else { return "there is no key to hand over" }
    }
    guard let record = RecordReader.record(form, bytes), let new = KeyRecord.newKey(of: record)
    else { return "it does not say which key follows" }
    let statement = statement(introducing: new.key)
    let isReplacement = form.type == .auditLogKeyReplaced
    let signingKey = isReplacement ? new.key : signer?.publicKey ?? new.key
    guard statement.isSigned(by: signingKey, new.signature) else {
      return "the key before did not sign it"
    }
    let next = AuditSigner(
      segment: segment, publicKey: new.key, since: tree.count, isReplacement: isReplacement)
    signer = next
    signers.append(next)
    return nil
  }

  /// A segment begins with its key; one that was lost may be replaced anywhere.
  private func follows(_ signer: AuditSigner, _ type: AuditEventType) -> Bool {
    let isFirst = signer.segment < segment && offset == 0
    switch type {
    case .auditLogKeyHandedOver: return isFirst
    case .auditLogKeyReplaced: return isFirst || signer.segment == segment
    default: return false
    }
  }

  /// The segment's records, as far as they are whole, end here: its checkpoint may not tell of more.
  ///
  /// Throws `rolledBack`, or `tampered` for one that should have been reached before.
  mutating func finishMarks(isLastSegment: Bool = true) throws(AuditError) {
    let open = marks
    marks = open.filter { !isLastSegment && !$0.isOwn && $0.checkpoint.size > sequence }
    for mark in open where isLastSegment || mark.isOwn || mark.checkpoint.size <= sequence {
      guard mark.checkpoint.size <= sequence else {
        throw .rolledBack(path: mark.path, records: sequence, expected: mark.checkpoint.size)
      }
      guard let reason = problem(mark) else { continue }
      throw .tampered(
        path: mark.path, sequence: mark.checkpoint.size, offset: 0, reason: reason)
    }
  }

  /// Whoever says that segments expired holds a later key of the log.
  ///
  /// Throws `tampered`; asked when everything that is left was read.
  func check(_ expired: ExpiredPart, path: String) throws(AuditError) {
    let isSigned = signers.contains {
      $0.segment >= expired.firstSegment
        && expired.note.note.isSigned(by: NoteKey(name: origin, key: $0.publicKey))
    }
    guard expired.note.origin == origin, isSigned else {
      throw .tampered(
        path: path, sequence: expired.note.size, offset: 0,
        reason: "no key of the log signed that segments expired")
    }
  }

  /// Why a checkpoint does not fit here; nil when it does.
  mutating func problem(_ mark: Mark) -> String? {
    let checkpoint = mark.checkpoint
    guard checkpoint.origin == origin else { return "it is another log's" }
    guard let signer, checkpoint.size > signer.since else { return "the key signed nothing yet" }
    guard !mark.isOwn || checkpoint.isPlain else { return "it has more than a checkpoint" }
    guard checkpoint.note.isSigned(by: NoteKey(name: origin, key: signer.publicKey)) else {
      return "the key of its segment did not sign it"
    }
    guard checkpoint.size == sequence else { return "it is older than its segment" }
    return checkpoint.root == root() ? nil : "the records up to there are not those it was made of"
  }
}
