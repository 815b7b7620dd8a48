/// Reads a log as it grows; one thread at a time.
package struct AuditFollower: ~Copyable {
  private var reader: LogReader

  package init(directory: String, workspaceID: String) {
    reader = LogReader(AuditFolder(path: directory, keys: ""), workspaceID: workspaceID)
  }

  /// Gives every record that is new and matches to `body`, in order, after holding it against the chain.
  ///
  /// Throws as ``AuditLog/forEachRecord(in:workspaceID:_:)``.
  package mutating func next(
    matching query: AuditQuery = AuditQuery(), _ body: (AuditRecord) -> Void
  ) throws(AuditError) {
    _ = try reader.read { form, bytes in
      guard let record = RecordReader.record(form, bytes), query.matches(record) else { return }
      body(record)
    }
  }
}
