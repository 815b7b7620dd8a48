internal import Eligibility
internal import Workspace

/// `workspace set`: one setting of the workspace.
enum WorkspaceSetCommand {
  private static let key = Operand("KEY", settingNames)
  private static let value = Operand(
    "VALUE",
    "addon: true, false; sandbox: required, best-effort, off; adapter_signatures: required, optional; "
      + "worker_memory_mb: 16 to 65536; session_timeout_minutes: 1 to 15 on a plan for HIPAA; "
      + "audit_retention_years: 6 to 100")
  private static let settingNames =
    "name, plan, addon, sandbox, adapter_signatures, worker_memory_mb, session_timeout_minutes, "
    + "audit_retention_years"

  static let command = Command(
    path: ["workspace", "set"], summary: "Change a setting of the workspace",
    access: .owner,
    operands: [key, value],
    examples: [.init("sealpost workspace set plan business", "take the business plan")]
  ) { invocation in
    let workspace = try invocation.openWorkspace()
    let settings = workspace.settings
    let text = invocation.arguments.required(value)
    switch invocation.arguments.required(key) {
    case "name": try workspace.rename(to: text)
    case "plan":
      guard let plan = Plan(rawValue: text) else {
        throw badValue(invocation, "free, team, business")
      }
      try workspace.setPlan(plan, addon: settings.addon)
    case "addon":
      guard ["true", "false"].contains(text) else { throw badValue(invocation, "true, false") }
      try workspace.setPlan(settings.plan, addon: text == "true")
    case "sandbox":
      guard let requirement = SandboxRequirement(rawValue: text) else {
        throw badValue(invocation, "required, best-effort, off")
      }
      try workspace.setSandbox(requirement)
    case "adapter_signatures":
      guard let signatures = AdapterSignatures(rawValue: text) else {
        throw badValue(invocation, "required, optional")
      }
      try workspace.setAdapterSignatures(signatures)
    case "worker_memory_mb":
      guard let size = Int(text), (16...65536).contains(size) else {
        throw badValue(invocation, "16 to 65536")
      }
      try workspace.setWorkerMemory(size)
    case "session_timeout_minutes":
      guard let minutes = Int(text) else {
        throw badValue(invocation, "1 to \(settings.longestSessionMinutes)")
      }
      try workspace.setSessionMinutes(minutes)
    case "audit_retention_years":
      guard let years = Int(text) else { throw badValue(invocation, "6 to 100") }
      try workspace.setAuditRetention(years: years)
    case let other:
      throw CommandError.usage(
        "setting \"\(Printable.short(other))\"", invocation.command.name,
        "there is none of that name",
        "Settings are: \(settingNames).")
    }
    invocation.console.note("\(invocation.arguments.required(key)) changed")
    return .done
  }

  private static func badValue(_ invocation: Invocation, _ choices: String) -> CommandError {
    .usage(
      "value of \"\(invocation.arguments.required(key))\"", invocation.command.name,
      "it is none of \(choices)", "Give one of them.")
  }
}
