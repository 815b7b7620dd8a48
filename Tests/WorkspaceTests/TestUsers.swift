import AuditLog
import Cryptography
import Synchronization

@testable import Workspace

/// A clock that only the test moves.
final class TestClock: Sendable {
  private let reading = Mutex(
    SessionClock.Reading(wall: 1_800_000_000, sinceStart: 5_000, start: "first"))

  var clock: SessionClock { SessionClock { self.reading.withLock { $0 } } }

  /// Time passes.
  func pass(minutes: Int64 = 0, seconds: Int64 = 0) {
    reading.withLock {
      $0.wall += minutes * 60 + seconds
      $0.sinceStart += minutes * 60 + seconds
    }
  }

  /// Somebody sets the wall clock.
  func setWall(by seconds: Int64) { reading.withLock { $0.wall += seconds } }

  /// The machine starts again.
  func restart() {
    reading.withLock {
      $0.sinceStart = 10
      $0.start = "second"
    }
  }
}

extension PasswordRecord {
  /// Cheap, for tests that hash often.
  static func test(_ password: String) throws -> PasswordRecord {
    try PasswordRecord(
      hashing: .test(password), cost: Scrypt.Cost(n: 16, r: 8, p: 1))
  }
}

extension SecretBytes {
  static func test(_ text: String) -> SecretBytes {
    unsafe SecretBytes(copying: Array(text.utf8).span.bytes)
  }
}

extension TestWorkspace {
  static let owner = "ana@clinic.example"
  static let ownersPassword = "ana's long password"

  /// An eligible workspace whose owner has a password.
  static func withUsers() throws -> TestWorkspace {
    let test = try TestWorkspace()
    try test.workspace.setPassword(of: owner, to: .test(ownersPassword))
    return test
  }

  func logIn(_ clock: TestClock) throws -> SessionToken {
    try logIn(Self.owner, Self.ownersPassword, clock)
  }

  func logIn(_ email: String, _ password: String, _ clock: TestClock) throws -> SessionToken {
    try reopened().logIn(email, password: .test(password), clock: clock.clock)
  }

  func count(_ type: AuditEventType, _ outcome: AuditOutcome = .ok) throws -> Int {
    try workspace.audit.records(matching: AuditQuery(type: type)).count { $0.outcome == outcome }
  }
}
