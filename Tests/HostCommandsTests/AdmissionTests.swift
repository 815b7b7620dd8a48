import AuditLog
import Cryptography
import Eligibility
import Foundation
import Synchronization
import Testing
import Workbench
import Workspace

@testable import HostCommands

/// Who may run what, of every command of the table.
@Suite struct AdmissionTests {
  private static let commands = HostCommands.table.commands
  private let folder: Scratch
  private let workspace: Workspace

  init() throws {
    folder = try Scratch()
    workspace = try Workspace.create(
      at: folder.file("w"), name: "Clinic", plan: .business, addon: false,
      owner: "ana@clinic.example")
  }

  private func invocation(_ command: Command, _ variables: [String: String]) -> Invocation {
    let environment = Environment.fixed(
      ["SEALPOST_WORKSPACE": folder.file("w"), "HOME": folder.path].merging(variables) { $1 })
    return Invocation(
      command: command, arguments: Arguments(),
      console: Console(environment: environment, isQuiet: true), environment: environment)
  }

  private func token(_ role: Role, piiAccess: Bool) throws -> String {
    let path = folder.file("\(role)-\(piiAccess).token")
    let made = try workspace.createToken(role: role, piiAccess: piiAccess, days: 1)
    try SecretFile.write(made.text, toNewFile: path)
    return path
  }

  @Test func `every command is allowed or refused for every role as the table says`() throws {
    for role in Role.allCases {
      for piiAccess in [false, true] {
        let file = try token(role, piiAccess: piiAccess)
        for command in Self.commands {
          let access = command.access
          let isAllowed =
            access.role.map { role >= $0 } ?? true && (piiAccess || !access.needsPIIAccess)
          let admitted = try? Admission.admit(invocation(command, ["SEALPOST_TOKEN_FILE": file]))
          #expect((admitted != nil) == isAllowed, "\(command.name) as \(role), \(piiAccess)")
          let actor = admitted?.admitted?.actor.name ?? "token/"
          #expect(actor.hasPrefix("token/"))
        }
      }
    }
  }

  @Test func `nothing that changes is open to a viewer, and no rule is an editor's`() {
    let names = { (role: Role?) in Set(Self.commands.filter { $0.access.role == role }.map(\.name))
    }
    let changing: Set = [
      "add", "set", "remove", "enable", "disable", "install", "allow", "disallow", "import",
      "create",
      "revoke", "redrive", "purge", "pause", "resume", "answer", "classify", "reconcile",
      "rotate-key", "rotate-write-key", "sign-baa", "set-role", "run", "preset", "init",
    ]
    for command in Self.commands where command.access.role == .viewer {
      #expect(Set(command.path).isDisjoint(with: changing), "\(command.name)")
    }
    for name in [
      "user add", "user set-role", "user disable", "user enable", "token create", "token revoke",
      "workspace set", "workspace sign-baa", "workspace reconcile", "audit replace-key",
      "adapter trust add",
      "adapter trust remove",
      "adapter install", "products allow", "products disallow",
    ] {
      #expect(names(.owner).contains(name), "\(name)")
    }
    for name in [
      "destination add", "destination enable", "matcher add", "encryption enable", "run",
    ] {
      #expect(names(.editor).contains(name), "\(name)")
    }
    for name in names(nil) {
      #expect(
        [
          "workspace init", "login", "logout", "completion", "decrypt", "audit verify",
          "adapter keygen", "adapter sign", "adapter note", "adapter new", "adapter validate",
          "adapter try", "products sign",
        ].contains(name), "\(name)")
    }
  }

  @Test func `a denial says who you are, what is needed and what to type, and is audited`() throws {
    let command = try #require(HostCommands.table.command(["user", "add"]))
    let file = try token(.viewer, piiAccess: false)
    let id = try #require(workspace.tokens().first?.id)
    do {
      _ = try Admission.admit(invocation(command, ["SEALPOST_TOKEN_FILE": file]))
      Issue.record("it was allowed")
    } catch {
      let failure = Failure(error)
      #expect(failure.code == .notPermitted)
      #expect(
        failure.text == "not permitted: you are token/\(id), viewer, and \"user add\" needs the "
          + "role owner. Ask an owner: sealpost user set-role EMAIL owner")
    }
    let denied = try workspace.audit.records(matching: AuditQuery(type: .accessDenied))
    #expect(denied.map(\.actor) == ["token/\(id)"])
    #expect(denied.map(\.object) == ["command/user add"])
    #expect(denied.map(\.outcome) == [.denied])
  }

  @Test func `classified values need PII access besides the role`() throws {
    let command = Command(
      path: ["dead-letter", "show"], summary: "", access: .viewer.showingClassifiedValues,
      examples: [], run: { _ in .done })
    let without = try token(.owner, piiAccess: false)
    let with = try token(.viewer, piiAccess: true)
    #expect(throws: WorkspaceError.self) {
      try Admission.admit(invocation(command, ["SEALPOST_TOKEN_FILE": without]))
    }
    _ = try Admission.admit(invocation(command, ["SEALPOST_TOKEN_FILE": with]))
    #expect(command.access.description == "viewer, editor, owner; with PII access")
  }

  @Test func `a token's file that others may read is refused`() throws {
    let command = try #require(HostCommands.table.command(["user", "list"]))
    let file = try token(.owner, piiAccess: false)
    try setMode(0o644, of: file)
    #expect(throws: CryptographyError.self) {
      try Admission.admit(invocation(command, ["SEALPOST_TOKEN_FILE": file]))
    }
  }

  @Test func `without a workspace the lists of products and files are everybody's`() throws {
    for command in Self.commands {
      let access = command.access
      let admitted = try? Admission.admit(
        invocation(command, ["SEALPOST_WORKSPACE": folder.file("nowhere")]))
      #expect(
        (admitted != nil) == (access.role == nil || access.isOpenWithoutWorkspace),
        "\(command.name)")
    }
  }
}

/// Sessions as a user meets them, with a clock that the test moves.
@Suite final class CommandSessionTests {
  private let folder: Scratch
  private let clock = Mutex(
    SessionClock.Reading(wall: 1_800_000_000, sinceStart: 100, start: "first"))

  init() throws {
    folder = try Scratch()
    try folder.write("password", "a password of hers\n")
    #expect(
      run(
        "workspace", "init", folder.file("w"), "--name", "Clinic", "--plan", "business", "--owner",
        "ana@clinic.example", "--password-file", folder.file("password")) == .done)
  }

  private func run(_ words: String..., home: String = "home") -> ExitCode {
    let reading = clock.withLock { $0 }
    return HostCommands.run(
      words + ["--quiet"],
      environment: .fixed([
        "SEALPOST_WORKSPACE": folder.file("w"), "HOME": folder.file(home),
      ]), clock: SessionClock { reading })
  }

  private func pass(minutes: Int64) {
    clock.withLock {
      $0.wall += minutes * 60
      $0.sinceStart += minutes * 60
    }
  }

  @Test func `whoever makes a workspace is logged in, each command renews, and silence ends it`()
    throws
  {
    for _ in 0..<3 {
      #expect(run("matcher", "add", "mrn", "--classification", "yellow") == .done)
      pass(minutes: 14)
    }
    pass(minutes: 1)
    #expect(run("matcher", "remove", "mrn") == .notPermitted)
    let workspace = try Workspace.open(at: folder.file("w"))
    let ended = try workspace.audit.records(matching: AuditQuery(type: .userSessionExpired))
    #expect(ended.map(\.actor) == ["ana@clinic.example"])
    #expect(run("matcher", "remove", "mrn") == .notPermitted)
    let denied = try workspace.audit.records(matching: AuditQuery(type: .accessDenied))
    #expect(denied.map(\.actor) == ["(unknown)"])
    #expect(
      run("login", "ana@clinic.example", "--password-file", folder.file("password")) == .done)
    #expect(run("matcher", "remove", "mrn") == .done)
    #expect(run("logout") == .done)
    #expect(run("matcher", "add", "mrn", "--classification", "yellow") == .notPermitted)
  }

  @Test func `two people on two terminals are told apart, and each may what their role says`()
    throws
  {
    try folder.write("bo", "a password of his\n")
    #expect(
      run(
        "user", "add", "bo@clinic.example", "--role", "viewer", "--password-file",
        folder.file("bo")) == .done)
    #expect(
      run("login", "bo@clinic.example", "--password-file", folder.file("bo"), home: "bo's home")
        == .done)
    let add = ["matcher", "add", "mrn", "--classification", "yellow"]
    #expect(run(add[0], add[1], add[2], add[3], add[4], home: "bo's home") == .notPermitted)
    #expect(run("user", "set-role", "bo@clinic.example", "editor") == .done)
    #expect(run(add[0], add[1], add[2], add[3], add[4], home: "bo's home") == .done)
    #expect(run("matcher", "remove", "mrn") == .done)
    let workspace = try Workspace.open(at: folder.file("w"))
    let records = try workspace.audit.records(matching: AuditQuery(object: "privacy"))
    #expect(
      records.suffix(3).map(\.actor) == [
        "bo@clinic.example", "ana@clinic.example", "ana@clinic.example",
      ])
    #expect(run("user", "set-password", "ana@clinic.example", home: "bo's home") == .notPermitted)
  }

  @Test func `nobody logs in over another's session, so that nobody acts under another's name`()
    throws
  {
    try folder.write("bo", "a password of his\n")
    #expect(
      run(
        "user", "add", "bo@clinic.example", "--role", "editor", "--password-file",
        folder.file("bo")) == .done)
    let bo = ["login", "bo@clinic.example", "--password-file", folder.file("bo")]
    #expect(run(bo[0], bo[1], bo[2], bo[3]) == .notPermitted)
    #expect(run("matcher", "add", "mrn", "--classification", "yellow") == .done)
    // The same person may, as may anybody after a log-out or the session's end.
    #expect(
      run("login", "ANA@clinic.example", "--password-file", folder.file("password")) == .done)
    pass(minutes: 15)
    #expect(run(bo[0], bo[1], bo[2], bo[3]) == .done)
    #expect(run("logout") == .done)
    #expect(
      run("login", "ana@clinic.example", "--password-file", folder.file("password")) == .done)
    let workspace = try Workspace.open(at: folder.file("w"))
    let records = try workspace.audit.records(matching: AuditQuery(object: "privacy"))
    #expect(records.last?.actor == "ana@clinic.example")
  }

  @Test func `one's own password is changed with the present one only`() throws {
    try folder.write("new", "another of her own\n")
    #expect(
      run(
        "user", "set-password", "ana@clinic.example", "--password-file", folder.file("new"),
        "--current-password-file", folder.file("new")) == .notPermitted)
    #expect(
      run(
        "user", "set-password", "ana@clinic.example", "--password-file", folder.file("new"),
        "--current-password-file", folder.file("password")) == .done)
    #expect(run("user", "list") == .notPermitted)
    #expect(run("login", "ana@clinic.example", "--password-file", folder.file("new")) == .done)
  }
}
