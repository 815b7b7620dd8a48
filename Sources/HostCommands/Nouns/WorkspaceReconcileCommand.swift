internal import Workspace

/// `workspace reconcile`: a document that was changed by hand becomes an audited change.
enum WorkspaceReconcileCommand {
  private static let document = Operand(
    "DOCUMENT", "As sealpost names it: workspace, privacy, products, user/ID …")

  static let command = Command(
    path: ["workspace", "reconcile"],
    summary: "Accept a document that was changed outside the audit log",
    access: .owner,
    details: [
      """
      Until then nothing relies on it: no adapter runs when the workspace's settings, its matchers or its \
      list of products were edited, nobody logs in by a user's document, no token opens anything. Look \
      first what was changed: this puts the document, as it is, into force, and records who did so. \
      Destinations have a command of their own: sealpost destination reconcile.
      """
    ], operands: [document],
    examples: [
      .init("sealpost workspace reconcile privacy", "after privacy.json was edited by hand")
    ]
  ) { invocation in
    let object = invocation.arguments.required(document)
    guard ConfigurationObject.isDocument(object) else {
      throw CommandError.usage(
        "document \"\(Printable.short(object))\"", invocation.command.name,
        "there is none of that name", "sealpost workspace verify names those that were changed.")
    }
    let wasAccepted = try invocation.openWorkspace().reconcile(object)
    invocation.console.note(
      "Document \(object) "
        + (wasAccepted ? "accepted as it is" : "is as the audit log has it: nothing to do"))
    return .done
  }
}
