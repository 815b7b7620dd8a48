internal import AuditLog
internal import Workspace

/// `audit replace-key`: the way on for a log whose private key was lost.
enum AuditReplaceKeyCommand {
  static let command = Command(
    path: ["audit", "replace-key"],
    summary: "Give the audit log a new key in place of one that was lost",
    access: .owner,
    details: [
      """
      Put back a saved copy if there is one. Nothing can prove that a key was lost and not taken away: a \
      record says that it was replaced and by whom, and every later audit verify tells of it. Show the \
      auditor a checkpoint that was kept elsewhere from before: it must still fit.
      """
    ],
    options: [.yes],
    examples: [.init("sealpost audit replace-key --yes", "when there is no copy of the old one")]
  ) { invocation in
    let workspace = try invocation.openWorkspace()
    guard try invocation.isConfirmed("Replace the lost key of the audit log?") else { return .no }
    let checkpoint = try workspace.audit.replaceLostKey(as: workspace.actor)
    invocation.console.note(
      "The audit log has a new key since record \(checkpoint.size). Keep a checkpoint elsewhere: "
        + "sealpost audit checkpoint --output F")
    return .done
  }
}
