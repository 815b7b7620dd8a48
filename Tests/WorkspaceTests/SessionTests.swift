import AuditLog
import Cryptography
import Eligibility
import Foundation
import Testing
import Workbench

@testable import Workspace

@Suite struct SessionTests {
  private let test: TestWorkspace
  private let clock = TestClock()

  init() throws { test = try TestWorkspace.withUsers() }

  @Test func `a session lasts 15 minutes from the last command on, and its end is audited`() throws
  {
    let token = try test.logIn(clock)
    for _ in 0..<3 {
      clock.pass(minutes: 14, seconds: 59)
      #expect(
        try test.workspace.renewSession(token, clock: clock.clock).email == TestWorkspace.owner)
    }
    clock.pass(minutes: 15)
    #expect(
      errorText { _ = try test.workspace.renewSession(token, clock: clock.clock) }
        == "not permitted: the session of ana@clinic.example ended after 15 minutes without a "
        + "command. Log in again: sealpost login ana@clinic.example")
    let ended = try test.workspace.audit.records(matching: AuditQuery(type: .userSessionExpired))
    #expect(ended.map(\.actor) == [TestWorkspace.owner])
    #expect(
      errorText { _ = try test.workspace.renewSession(token, clock: clock.clock) }
        .contains("you are not logged in"))
  }

  @Test func `what goes on showing makes its session no longer, and ends with it`() throws {
    let token = try test.logIn(clock)
    for _ in 0..<14 {
      clock.pass(minutes: 1)
      let user = try test.workspace.checkSession(
        token, for: "audit log", clock: clock.clock)
      #expect(user.email == TestWorkspace.owner)
    }
    clock.pass(minutes: 1)
    #expect(
      errorText { _ = try test.workspace.checkSession(token, for: "audit log", clock: clock.clock) }
        .contains("ended after 15 minutes without a command"))
    #expect(try test.count(.userSessionExpired) == 1)
  }

  @Test func `setting the clock back makes no session longer`() throws {
    let token = try test.logIn(clock)
    clock.pass(minutes: 10)
    clock.setWall(by: -3600)
    _ = try test.workspace.renewSession(token, clock: clock.clock)
    clock.pass(minutes: 15)
    clock.setWall(by: -3600)
    #expect(throws: WorkspaceError.self) {
      try test.workspace.renewSession(token, clock: clock.clock)
    }
  }

  @Test func `a session that seems to begin in the future after a restart is over`() throws {
    let token = try test.logIn(clock)
    clock.restart()
    clock.setWall(by: -1)
    #expect(throws: WorkspaceError.self) {
      try test.workspace.renewSession(token, clock: clock.clock)
    }
    let second = try test.logIn(clock)
    clock.restart()
    clock.setWall(by: 60)
    _ = try test.workspace.renewSession(second, clock: clock.clock)
  }

  @Test func `the timeout may be shorter, and longer only on a plan that is not for HIPAA`() throws
  {
    try test.workspace.setSessionMinutes(5)
    let token = try test.logIn(clock)
    clock.pass(minutes: 5)
    #expect(throws: WorkspaceError.self) {
      try test.reopened().renewSession(token, clock: clock.clock)
    }
    #expect(
      errorText { try test.workspace.setSessionMinutes(16) }
        == "session_timeout_minutes: it is 1 to 15 on a plan for HIPAA. Choose another.")
    try test.workspace.setPlan(.team, addon: false)
    try test.workspace.setSessionMinutes(600)
    #expect(test.workspace.sessionMinutes == 600)
    try test.workspace.setPlan(.business, addon: false)
    #expect(test.workspace.sessionMinutes == 15)
  }

  @Test func `two people at once have their own sessions and their own names in the log`() throws {
    try test.workspace.addUser(
      "bo@clinic.example", role: .editor, piiAccess: false, password: .test("bo's long password"))
    let ana = try test.logIn(clock)
    let bo = try test.logIn("BO@clinic.example", "bo's long password", clock)
    #expect(ana != bo)
    for (token, name) in [(ana, "from-ana"), (bo, "from-bo")] {
      let workspace = try test.reopened()
      let user = try workspace.renewSession(token, clock: clock.clock)
      try workspace.acting(as: Actor.user(user).name).rename(to: name)
    }
    let names = try test.records(of: "workspace").filter { $0.type == .workspaceModified }
      .map(\.actor)
    #expect(
      names == [
        "ana@clinic.example", "ana@clinic.example", "bo@clinic.example", "bo@clinic.example",
      ])
  }

  @Test func `logging out ends one session for good`() throws {
    let token = try test.logIn(clock)
    let other = try test.logIn(clock)
    #expect(try test.workspace.logOut(token))
    #expect(throws: WorkspaceError.self) {
      try test.workspace.renewSession(token, clock: clock.clock)
    }
    _ = try test.workspace.renewSession(other, clock: clock.clock)
    #expect(try !test.workspace.logOut(token))
    #expect(try test.count(.userLoggedOut) == 1)
  }

  @Test func `disabling a user and a new password end their sessions`() throws {
    try test.workspace.addUser(
      "bo@clinic.example", role: .owner, piiAccess: false, password: .test("bo's long password"))
    let bo = try test.logIn("bo@clinic.example", "bo's long password", clock)
    try test.workspace.setEnabled(false, user: "bo@clinic.example")
    #expect(throws: WorkspaceError.self) {
      try test.workspace.renewSession(bo, clock: clock.clock)
    }
    #expect(
      errorText { _ = try test.logIn("bo@clinic.example", "bo's long password", clock) }
        .hasPrefix("log-in refused: "))
    let ana = try test.logIn(clock)
    try test.workspace.setPassword(of: TestWorkspace.owner, to: .test("another long one"))
    #expect(throws: WorkspaceError.self) {
      try test.workspace.renewSession(ana, clock: clock.clock)
    }
    _ = try test.logIn(TestWorkspace.owner, "another long one", clock)
  }

  @Test func `sessions that nobody came back to are told at the next log-in`() throws {
    _ = try test.logIn(clock)
    clock.pass(minutes: 20)
    _ = try test.logIn(clock)
    #expect(try test.count(.userSessionExpired) == 1)
  }

  @Test func `the workspace holds no token`() throws {
    let token = try test.logIn(clock)
    let file = SessionToken.file(of: test.workspace, in: test.folder + "/home/state")
    try token.write(toFile: file)
    let secret = try String(contentsOfFile: file, encoding: .utf8).dropLast()
    #expect(secret.count == 64)
    #expect(try filesHolding(secret.utf8, below: test.path).isEmpty)
    #expect(try SessionToken(readingFile: file) == token)
  }
}

// MARK: - What was tampered with

@Suite struct SessionFileTests {
  private let test: TestWorkspace
  private let clock = TestClock()
  private let file: String

  init() throws {
    test = try TestWorkspace.withUsers()
    file = test.folder + "/home/s.session"
    try test.logIn(clock).write(toFile: file)
  }

  @Test func `the file and its folder are the user's alone`() throws {
    #expect(try mode(of: file) == 0o600)
    #expect(try mode(of: test.folder + "/home") == 0o700)
  }

  @Test(arguments: [0o640, 0o604, 0o660, 0o644])
  func `a file that lets others in is refused`(mode: Int) throws {
    try setMode(mode, of: file)
    #expect(
      errorText { _ = try SessionToken(readingFile: file) }
        == "session file refused, \(file): its mode lets others in. Remove it and log in: "
        + "sealpost login EMAIL")
  }

  @Test func `a link, a folder and a pipe are no session`() throws {
    let link = test.folder + "/link"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file)
    let pipe = test.folder + "/pipe"
    #expect(unsafe mkfifo(pipe, 0o600) == 0)
    for path in [link, test.folder, pipe] {
      #expect(
        errorText { _ = try SessionToken(readingFile: path) }.contains("it is not a plain file"))
    }
    #expect(try SessionToken(readingFile: test.folder + "/nowhere") == nil)
  }

  @Test func `any other text is no session`() throws {
    let text = try Data(contentsOf: URL(fileURLWithPath: file))
    for length in 0..<text.count { try expectNone(text.prefix(length)) }
    try expectNone(text + text)
    try expectNone(Data(repeating: 0x61, count: 1 << 20))
    try expectNone(Data(repeating: 0xFF, count: 65))
    try expectNone(Data(String(decoding: text, as: UTF8.self).uppercased().utf8))
  }

  private func expectNone(_ bytes: Data) throws {
    try bytes.write(to: URL(fileURLWithPath: file))
    try setMode(0o600, of: file)
    #expect(errorText { _ = try SessionToken(readingFile: file) }.contains("it holds no session"))
  }

  @Test func `a record that was edited, renamed or cut off opens nothing`() throws {
    let token = try #require(try SessionToken(readingFile: file))
    let path = test.workspace.layout.sessions + "/" + token.recordName
    let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 1
      try expectRefused(token, path, changed)
    }
    for length in 0..<bytes.count { try expectRefused(token, path, Array(bytes[..<length])) }
    try expectRefused(token, path, Array(repeating: 0x20, count: 1 << 20))
    let other = try test.logIn(clock)
    let own = test.workspace.layout.sessions + "/" + other.recordName
    try expectRefused(other, own, bytes)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    _ = try test.workspace.renewSession(token, clock: clock.clock)
  }

  private func expectRefused(_ token: SessionToken, _ path: String, _ bytes: [UInt8]) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    #expect(throws: WorkspaceError.self) {
      try test.workspace.renewSession(token, clock: clock.clock)
    }
  }
}
