package import Cryptography

/// A record with its line, as an export hands it out.
package struct AuditLine: Sendable {
  package let record: AuditRecord
  /// Without its line feed.
  package let bytes: [UInt8]
  /// Its leaf in the tree of which a checkpoint has the root.
  package let leafHash: SHA256Digest
}

extension AuditLog {
  /// Gives the first `size` records to `body`, in order; memory is that of one record.
  package func forEachLine(
    upTo size: UInt64, _ body: (AuditLine) -> Void
  ) throws(AuditError) {
    var hasher = SHA256Hasher()
    try forEachForm { form, bytes in
      guard form.sequence <= size, let record = RecordReader.record(form, bytes) else { return }
      body(
        AuditLine(
          record: record, bytes: bytes.bytes(form.line),
          leafHash: MerkleFrontier.leafHash(bytes.extracting(form.line), &hasher)))
    }
  }
}
