import AuditLog
import Cryptography
import Foundation
import Testing

@testable import Workspace

@Suite struct UserTests {
  private let bo = "bo@clinic.example"
  private let clock = TestClock()

  @Test func `a workspace without users acts as its owner's until the owner has a password`() throws
  {
    let test = try TestWorkspace()
    #expect(test.workspace.unprovenOwner?.name == TestWorkspace.owner)
    #expect(test.workspace.unprovenOwner?.isProven == false)
    #expect(
      errorText {
        try test.workspace.addUser(
          bo, role: .owner, piiAccess: true, password: .test("bo's long password"))
      }
        == "user: nobody has a password yet. Give the owner one first: "
        + "sealpost user set-password ana@clinic.example")
    try test.workspace.setPassword(of: "Ana@Clinic.example", to: .test("ana's long password"))
    #expect(test.workspace.unprovenOwner == nil)
    #expect(try test.workspace.user(TestWorkspace.owner).role == .owner)
  }

  @Test func `a workspace that was made before there were users opens and takes one`() throws {
    let test = try TestWorkspace()
    for folder in ["users", "tokens", "sessions"] {
      try FileManager.default.removeItem(atPath: "\(test.path)/\(folder)")
    }
    let old = try test.reopened()
    #expect(!old.needsLogIn)
    try old.setPassword(of: TestWorkspace.owner, to: .test(TestWorkspace.ownersPassword))
    let token = try test.logIn(clock)
    _ = try test.reopened().renewSession(token, clock: clock.clock)
  }

  @Test func `removing the users' documents by hand opens nothing`() throws {
    let test = try TestWorkspace.withUsers()
    try FileManager.default.removeItem(atPath: test.path + "/users")
    let opened = try test.reopened()
    #expect(opened.users().isEmpty)
    #expect(opened.unprovenOwner == nil && opened.needsLogIn)
    #expect(opened.damage.contains { $0.description.contains("changed outside the audit log") })
    #expect(throws: WorkspaceError.self) { try test.logIn(clock) }
  }

  @Test func `a user's document that was edited by hand lets nobody in`() throws {
    let test = try TestWorkspace.withUsers()
    try test.workspace.addUser(
      bo, role: .viewer, piiAccess: false, password: .test("bo's long password"))
    let token = try test.logIn(bo, "bo's long password", clock)
    let file = "users/\(try test.workspace.user(bo).id).json"
    try test.edit(file, "\"viewer\"", "\"owner\"")
    let opened = try test.reopened()
    #expect(opened.users().map(\.email) == [TestWorkspace.owner])
    #expect(throws: WorkspaceError.self) { try opened.renewSession(token, clock: clock.clock) }
    #expect(throws: WorkspaceError.self) { try test.logIn(bo, "bo's long password", clock) }
    for text in [
      "", "{", "[]", "{\"format\":2}", "\u{FEFF}", String(repeating: "[", count: 10_000),
    ] {
      try test.write(file, text.utf8)
      #expect(try test.reopened().users().map(\.email) == [TestWorkspace.owner])
    }
    try test.write(file, Array(repeating: 0x20, count: DocumentCoding.maximumSize + 1))
    #expect(try test.reopened().users().count == 1)
  }

  @Test func `the last owner that is enabled stays one`() throws {
    let test = try TestWorkspace.withUsers()
    let text =
      "user ana@clinic.example: it is the last owner that is enabled. Make another owner "
      + "first: sealpost user set-role EMAIL owner"
    #expect(errorText { try test.workspace.setEnabled(false, user: TestWorkspace.owner) } == text)
    #expect(errorText { try test.workspace.setRole(of: TestWorkspace.owner, to: .editor) } == text)
    try test.workspace.addUser(
      bo, role: .owner, piiAccess: false, password: .test("bo's long password"))
    try test.workspace.setRole(of: TestWorkspace.owner, to: .editor)
    #expect(throws: WorkspaceError.self) { try test.workspace.setEnabled(false, user: bo) }
    #expect(try test.count(.userDisabled, .denied) == 2)
  }

  @Test func `passwords have 12 characters to 1024 bytes`() throws {
    for (password, isTaken) in [
      ("", false), ("eleven char", false), ("twelve chars", true), ("äöüäöüäöüäöü", true),
      ("äöüäöüäöüäö", false), (String(repeating: "x", count: 1025), false),
    ] {
      let record = try? PasswordRecord.test(password)
      #expect((record != nil) == isTaken, "\(password.count)")
    }
  }

  @Test func `only scrypt of a password is kept, at the documented cost`() throws {
    let record = try PasswordRecord(hashing: .test("the password itself"))
    let text = String(decoding: try JSONEncoder().encode(record), as: UTF8.self)
    #expect(!text.contains("the password itself"))
    #expect(text.contains("\"n\":131072") && text.contains("\"r\":8") && text.contains("\"p\":1"))
    #expect(try record.fits(.test("the password itself")))
    #expect(try !record.fits(.test("the password itsel")))
  }

  @Test func `nobody's password costs what everybody's does, and fits nothing`() throws {
    let text = String(decoding: try JSONEncoder().encode(PasswordRecord.ofNobody), as: UTF8.self)
    #expect(text.contains("\"n\":131072"))
    #expect(try !PasswordRecord.ofNobody.fits(.test("anything at all")))
  }

  @Test func `an unknown user and a wrong password are refused in the same words`() throws {
    let test = try TestWorkspace.withUsers()
    let wrong = errorText { _ = try test.logIn(TestWorkspace.owner, "wrong password!", clock) }
    let unknown = errorText { _ = try test.logIn("eve@clinic.example", "wrong password!", clock) }
    #expect(wrong == unknown)
    #expect(try test.count(.userLoggedIn, .denied) == 2)
    let log = try String(contentsOfFile: test.path + "/audit/audit-000001.jsonl", encoding: .utf8)
    #expect(!log.contains("eve@") && !log.contains("wrong password!"))
  }
}

@Suite struct LockOutTests {
  private let test: TestWorkspace
  private let clock = TestClock()

  init() throws { test = try TestWorkspace.withUsers() }

  private func fail(_ times: Int) {
    for _ in 0..<times { _ = try? test.logIn(TestWorkspace.owner, "not the password", clock) }
  }

  @Test func `ten wrong passwords lock for fifteen minutes, also over a start`() throws {
    fail(9)
    _ = try test.logIn(clock)
    fail(10)
    #expect(try test.count(.userLockedOut) == 1)
    #expect(
      errorText { _ = try test.logIn(clock) }
        == "log-in refused: ana@clinic.example is locked after 10 wrong passwords. "
        + "Try again in 15 minutes.")
    clock.pass(minutes: 14, seconds: 59)
    #expect(errorText { _ = try test.logIn(clock) }.hasSuffix("Try again in 1 minute."))
    clock.pass(seconds: 1)
    _ = try test.logIn(clock)
    #expect(try test.count(.userLockedOut) == 1)
  }

  @Test func `setting the clock forward ends no lock`() throws {
    fail(10)
    clock.setWall(by: 86_400)
    #expect(errorText { _ = try test.logIn(clock) }.contains("is locked"))
  }

  @Test func `after a lock ten more may be tried, and an owner ends it with a new password`() throws
  {
    fail(10)
    clock.pass(minutes: 15)
    fail(9)
    _ = try test.logIn(clock)
    fail(10)
    try test.workspace.setPassword(of: TestWorkspace.owner, to: .test("another long one"))
    _ = try test.logIn(TestWorkspace.owner, "another long one", clock)
  }

  @Test func `guesses at the same time are no more than ten`() async throws {
    let test = test
    let clock = clock
    let path = test.path
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<30 {
        group.addTask {
          let workspace = try Workspace.open(at: path)
          _ = try? workspace.logIn(
            TestWorkspace.owner, password: .test("not the password"), clock: clock.clock)
        }
      }
      try await group.waitForAll()
    }
    let denied = try test.workspace.audit.records(matching: AuditQuery(type: .userLoggedIn))
      .filter { $0.outcome == .denied }
    #expect(denied.count { $0.entry.changes.contains { $0.new == "wrong password" } } == 10)
    #expect(denied.count { $0.entry.changes.contains { $0.new == "locked out" } } == 20)
  }

  @Test func `a count of wrong passwords that was edited lets nobody in`() throws {
    fail(3)
    let id = try test.workspace.user(TestWorkspace.owner).id
    try test.write("sessions/attempts-\(id)", "{}".utf8)
    #expect(errorText { _ = try test.logIn(clock) }.contains("session record refused"))
  }
}
