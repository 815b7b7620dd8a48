internal import Cryptography

extension Segment {
  /// Removes whole segments whose records are all older than a time, but never the one that is written to.
  ///
  /// A record says so before and after; what was before is in a signed note; the files go last. Returns how many.
  mutating func expire(before time: String) throws(AuditError) -> Int {
    var count = 0
    while true {
      let first = expired?.firstSegment ?? 1
      guard first < number, let end = try state(behind: first), end.timestamp < time else {
        return count
      }
      let entry = Segment.expiry(of: first, end)
      try write(entry(.intent))
      try remove(behind: end)
      try write(entry(.ok))
      count += 1
    }
  }

  private static func expiry(of segment: Int, _ end: LogState) -> (AuditOutcome) -> AuditEntry {
    { outcome in
      AuditEntry(
        actor: "system", type: .auditLogSegmentExpired, outcome: outcome, requestID: "",
        object: "audit/\(segment)",
        changes: [
          AuditChange(setting: "records", old: "\(end.sequence)", new: ""),
          AuditChange(setting: "last_timestamp", old: end.timestamp, new: ""),
        ])
    }
  }

  private mutating func write(_ entry: AuditEntry) throws(AuditError) {
    for result in append([entry]) { _ = try result.get() }
  }

  private mutating func remove(behind end: LogState) throws(AuditError) {
    guard let signer = reader.signer else { return }
    let key = try keys.current(signer)
    let part: ExpiredPart
    do throws(CryptographyError) {
      part = try ExpiredPart(before: end, origin: reader.origin, signedBy: key)
    } catch {
      throw .keyUnusable(path: folder.keys, reason: "\(error)")
    }
    try folder.replace(folder.expired, with: part.note.bytes)
    expired = part
    try removeExpired()
  }

  /// Where the chain stands behind a segment that is left, before the next one's first record.
  private func state(behind segment: Int) throws(AuditError) -> LogState? {
    var walk = ChainReader(folder, workspaceID: workspaceID, after: expired)
    walk.startSegment(segment)
    let file = try folder.file(segment, writing: false)
    guard try walk.read(file) == .complete else { return nil }
    walk.startSegment(segment + 1)
    return walk.state
  }

  /// The files of segments that the note says are gone, also when a crash came before this.
  func removeExpired() throws(AuditError) {
    guard let first = expired?.firstSegment else { return }
    for name in try AuditFolder.names(in: folder.path) {
      for ending in [".jsonl", ".checkpoint"] {
        guard let number = AuditFolder.number(of: name, ending: ending), number < first else {
          continue
        }
        try folder.remove(folder.path + "/" + name)
      }
    }
    try folder.sync()
  }
}
