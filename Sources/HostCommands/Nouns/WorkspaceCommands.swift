internal import AuditLog
internal import Cryptography
internal import Eligibility
internal import Workspace

/// `workspace`: the folder, its plan and its agreement.
enum WorkspaceCommands {
  static let noun = Noun(
    name: "workspace", summary: "The workspace: plan, agreement, eligibility",
    commands: [
      initialise, show, verify, sign, WorkspaceSetCommand.command,
      WorkspaceReconcileCommand.command, WorkspaceSnapshotCommand.command,
      WorkspaceReplicateCommand.command,
    ])

  private static let folder = Operand("DIR", "A folder that does not exist yet, or is empty")
  private static let name = Option.value("name", "N", "What people call it", isRequired: true)
  private static let plan = Option.choice(
    "plan", Plan.allCases.map(\.rawValue), "The plan; business is eligible", isRequired: true)
  private static let addon = Option.flag("addon", "With the HIPAA add-on, eligible on any plan")
  private static let owner = Option.value(
    "owner", "EMAIL", "Who owns it; the actor in the audit log", isRequired: true)

  private static let initialise = Command(
    path: ["workspace", "init"], summary: "Make a workspace",
    access: .everyone,
    details: [
      """
      The owner gets a password, of 12 characters or more, and is logged in; from then on every command \
      needs a session or a token. On a plan that is not for HIPAA it may be left out: then whoever the \
      system lets into the folder is the owner.
      """
    ],
    operands: [folder], options: [name, plan, addon, owner, Passwords.file],
    examples: [
      .init(
        "sealpost workspace init clinic --name Clinic --plan business --owner ana@example.org",
        "make a workspace in ./clinic")
    ]
  ) { invocation in
    let arguments = invocation.arguments
    let plan = Plan(rawValue: arguments.required(plan)) ?? .free
    let owner = arguments.required(owner)
    let needsPassword = plan.isEligible(addon: arguments.has(addon))
    let workspace = try Workspace.create(
      at: arguments.required(folder), name: arguments.required(name), plan: plan,
      addon: arguments.has(addon), owner: owner,
      password: needsPassword || arguments.isGiven(Passwords.file)
        ? Passwords.record(invocation, for: owner) : nil)
    if workspace.needsLogIn {
      let token = try workspace.openSession(of: owner, clock: invocation.clock)
      do {
        try SessionCommands.keep(token, invocation, workspace)
      } catch {
        invocation.console.warning("you are not logged in: \(Failure(error).text)")
      }
    }
    invocation.console.note(
      "Workspace \(workspace.id) made in \(workspace.layout.root). Next: sealpost workspace sign-baa"
    )
    return .done
  }

  private static let show = Command(
    path: ["workspace", "show"], summary: "Show the workspace's settings",
    access: .viewer, options: [.json],
    examples: [.init("sealpost workspace show --workspace clinic", "show ./clinic")]
  ) { invocation in
    let workspace = try invocation.openWorkspace()
    let settings = workspace.settings
    invocation.print(
      Table.pairs([
        ("id", .init(settings.id)), ("name", .init(settings.name)),
        ("plan", .init(settings.plan.rawValue + (settings.addon ? " with the HIPAA add-on" : ""))),
        ("owner", .init(settings.owner)), ("created", .init(settings.createdAt)),
        ("agreement", .init(agreementText(settings.agreement))),
        ("destinations", .init("\(workspace.destinations().count)")),
        ("folder", .init(workspace.layout.root)),
        ("configured", .init(configurationText(workspace))),
        ("sandbox", .init(settings.sandboxInForce.rawValue)),
        ("users", .init(usersText(workspace))),
        ("session ends after", .init(Count.of(workspace.sessionMinutes, "minute"))),
        (
          "audit log kept for",
          .init(Count.of(settings.auditRetentionYears ?? AuditRetention.range.lowerBound, "year"))
        ),
      ]), json: json(settings, workspace))
    return .done
  }

  private static let verify = Command(
    path: ["workspace", "verify"], summary: "Say whether the workspace is HIPAA eligible, and why",
    access: .viewer,
    details: ["Looks at every condition anew, the whole audit log and every library included."],
    options: [.json],
    examples: [.init("sealpost workspace verify --workspace clinic", "verify ./clinic")],
    exitCodes: [(.done, "every condition holds"), (.no, "some condition does not hold")]
  ) { invocation in
    let workspace = try invocation.openWorkspace()
    let eligibility = workspace.eligibility(and: MachineConditions.all(for: workspace.settings))
    record(eligibility, workspace, invocation.console)
    if invocation.wantsJSON {
      invocation.console.data(json(eligibility))
    } else {
      invocation.console.data(badge(eligibility))
      invocation.console.data(table(eligibility))
    }
    return eligibility.isEligible ? .done : .no
  }

  /// That it was looked at, and what was found; a log that can take no record is among what is shown.
  private static func record(
    _ eligibility: WorkspaceEligibility, _ workspace: Workspace, _ console: Console
  ) {
    let missing = eligibility.conditions.filter { !$0.holds }.map(\.name)
    do {
      try workspace.record(
        .workspaceVerified, object: ConfigurationObject.workspace,
        changes: [
          AuditChange(setting: "eligible", old: "", new: "\(eligibility.isEligible)"),
          AuditChange(setting: "missing", old: "", new: missing.joined(separator: ", ")),
        ])
    } catch {
      console.warning("that it was verified is not in the log: \(error)")
    }
  }

  private static let document = Option.value(
    "document", "F", "The signed agreement; its SHA-256 is kept, not the file", isRequired: true)
  private static let signedBy = Option.value(
    "signed-by", "NAME", "Who signed it", isRequired: true)
  private static let on = Option.value("on", "DATE", "The day it was signed", isRequired: true)
  private static let expires = Option.value(
    "expires", "DATE", "The last day it is in force (default: none)")

  private static let sign = Command(
    path: ["workspace", "sign-baa"],
    summary: "Record the signed business associate agreement (BAA)",
    access: .owner,
    options: [document, signedBy, on, expires],
    examples: [
      .init(
        "sealpost workspace sign-baa --document baa.pdf --signed-by Ana --on 2026-11-20",
        "record an agreement")
    ]
  ) { invocation in
    let arguments = invocation.arguments
    let bytes = try InputFile.read(arguments.required(document), limit: 256 << 20)
    let workspace = try invocation.openWorkspace()
    guard let signedOn = try invocation.date(on) else { return .wrongUsage }
    let agreement = BusinessAssociateAgreement(
      document: SHA256.hash(bytes), signedBy: arguments.required(signedBy), on: signedOn,
      expires: try invocation.date(expires))
    try workspace.sign(agreement)
    invocation.console.note(
      "Agreement of \(signedOn) recorded, document sha256:\(agreement.document.hex.prefix(16))…")
    return .done
  }
}

// MARK: - Output

extension WorkspaceCommands {
  private static func agreementText(_ agreement: BusinessAssociateAgreement?) -> String {
    guard let agreement else { return "none" }
    let until = agreement.expires.map { ", until \($0)" } ?? ""
    return "signed by \(agreement.signedBy) on \(agreement.on)\(until)"
  }

  private static func configurationText(_ workspace: Workspace) -> String {
    guard workspace.isReplica else { return "here" }
    guard let replica = try? workspace.replica() else { return "elsewhere: this is a replica" }
    return "by \(replica.origin): \(replica.title)"
  }

  private static func usersText(_ workspace: Workspace) -> String {
    workspace.needsLogIn
      ? "\(workspace.users().count)"
      : "none: whoever the system lets into the folder acts as \(workspace.settings.owner)"
  }

  private static func json(_ settings: WorkspaceSettings, _ workspace: Workspace) -> JSONText {
    .object([
      ("id", .string(settings.id)), ("name", .string(settings.name)),
      ("plan", .string(settings.plan.rawValue)), ("addon", .bool(settings.addon)),
      ("owner", .string(settings.owner)), ("created_at", .string(settings.createdAt)),
      ("agreement", settings.agreement.map(json) ?? .null),
      ("destinations", .strings(workspace.destinations().map(\.id))),
      ("folder", .string(workspace.layout.root)),
      ("sandbox", .string(settings.sandboxInForce.rawValue)),
      ("worker_memory_mb", .integer(settings.workerMemory ?? 512)),
      ("session_timeout_minutes", .integer(workspace.sessionMinutes)),
      (
        "audit_retention_years",
        .integer(settings.auditRetentionYears ?? AuditRetention.range.lowerBound)
      ),
      ("replica", (try? workspace.replica())?.json ?? .null),
      ("users", .integer(workspace.users().count)), ("needs_log_in", .bool(workspace.needsLogIn)),
    ])
  }

  private static func json(_ agreement: BusinessAssociateAgreement) -> JSONText {
    .object([
      ("document_sha256", .string(agreement.document.hex)),
      ("signed_by", .string(agreement.signedBy)), ("signed_on", .string("\(agreement.on)")),
      ("expires_on", .optional(agreement.expires?.description)),
    ])
  }

  private static func json(_ eligibility: WorkspaceEligibility) -> JSONText {
    .object([
      ("eligible", .bool(eligibility.isEligible)),
      (
        "conditions",
        .array(
          eligibility.conditions.map { condition in
            .object([
              ("name", .string(condition.name)), ("holds", .bool(condition.holds)),
              ("detail", .string(condition.detail)),
              ("mend", .optional(condition.holds ? nil : condition.mend)),
            ])
          })
      ),
    ])
  }

  private static func badge(_ eligibility: WorkspaceEligibility) -> String {
    eligibility.isEligible ? "[HIPAA eligible]\n" : "[not HIPAA eligible]\n"
  }

  private static func table(_ eligibility: WorkspaceEligibility) -> Table {
    Table(
      columns: [.init(""), .init(""), .init("", isFlexible: true)],
      rows: eligibility.conditions.map { condition in
        [
          .init(condition.holds ? "ok" : "NO", condition.holds ? .green : .red),
          .init(condition.name),
          .init(condition.detail + (condition.holds ? "" : ". Mend: \(condition.mend)")),
        ]
      })
  }
}
