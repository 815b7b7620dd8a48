package import Cryptography

/// For every object the digest of its document after the last finished change.
package struct AuditedDigests: Sendable {
  package private(set) var digests: [String: SHA256Digest] = [:]
  /// Intents without an outcome, from the oldest to the newest.
  package private(set) var unfinished: [AuditRecord] = []

  package init() {}

  /// Takes the next record of the log into account; most have no digest, and cost nothing.
  mutating func note(_ form: RecordForm, _ bytes: RawSpan) {
    guard !form.before.isEmpty || !form.after.isEmpty else { return }
    switch form.outcome {
    case .intent:
      if let record = RecordReader.record(form, bytes) { unfinished.append(record) }
    case .ok, .failed:
      if !unfinished.isEmpty {
        let request = RecordReader.text(bytes, form.requestID)
        unfinished.removeAll { $0.requestID == request }
      }
      digests[RecordReader.text(bytes, form.object)] = RecordReader.digest(bytes, form.after)
    case .denied: break
    }
  }
}
