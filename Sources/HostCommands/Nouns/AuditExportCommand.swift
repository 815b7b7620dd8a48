internal import AuditLog
internal import Cryptography
internal import Workspace

/// `audit export`: the whole log for another program, with what proves that it is whole.
enum AuditExportCommand {
  private static let format = Option.choice(
    "format", ["jsonl", "csv"], "The records as they are, or a table", isRequired: true)
  private static let output = Option.value(
    "output", "F", "Write to a new file, with its checkpoint in F.checkpoint")

  static let command = Command(
    path: ["audit", "export"], summary: "Hand out the whole audit log",
    access: .viewer,
    details: [
      """
      The export ends with the record of itself. F.checkpoint is the signed note over exactly its \
      records: the lines of a jsonl are the leaves of its tree; a csv has each leaf's hash in its \
      last column. Examples/verify-audit-log checks both.
      """
    ],
    options: [format, output],
    examples: [
      .init(
        "sealpost audit export --format csv --output audit.csv", "for a spreadsheet, with its proof"
      )
    ]
  ) { invocation in
    let arguments = invocation.arguments
    let export = AuditExport(format: arguments.required(format), path: arguments[output])
    try export.write(try invocation.openWorkspace(), invocation.console)
    return .done
  }
}

private struct AuditExport {
  let format: String
  let path: String?

  /// The record is durable before the first byte is shown.
  func write(_ workspace: Workspace, _ console: Console) throws {
    let file = try path.map { try OutputFile(newFile: $0) }
    try workspace.record(
      .auditLogExported, object: "audit",
      changes: [AuditChange(setting: "format", old: "", new: format)])
    let checkpoint = try workspace.audit.checkpoint()
    let put: (String) -> Void = { text in
      if let file { file.write(text) } else { console.data(text) }
    }
    if format == "csv" { put(CSV.line(Self.titles)) }
    try workspace.audit.forEachLine(upTo: checkpoint.size) { line in
      put(
        format == "csv"
          ? CSV.line(cells(line)) : String(decoding: line.bytes + [0x0A], as: UTF8.self))
    }
    guard let file, let path else { return }
    try file.finish()
    try OutputFile.write(checkpoint.text, toNewFile: path + ".checkpoint")
    console.note("\(checkpoint.size) records written to \(path), their checkpoint beside it")
  }

  private static let titles = [
    "seq", "timestamp", "workspace_id", "actor_user_id", "event_type", "end_user_id", "outcome",
    "request_id", "object", "before", "after", "changes", "prev", "hash", "leaf_hash",
  ]

  private func cells(_ line: AuditLine) -> [String] {
    let record = line.record
    return [
      "\(record.sequence)", record.timestamp, record.workspaceID, record.actor,
      record.type.rawValue, record.entry.endUserID, record.outcome.rawValue, record.requestID,
      record.object, record.before.map { "sha256:\($0.hex)" } ?? "",
      record.after.map { "sha256:\($0.hex)" } ?? "", record.changesText, record.previous.hex,
      record.hash.hex, line.leafHash.hex,
    ]
  }
}
