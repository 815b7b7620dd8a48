import Foundation
import Synchronization
import Testing

@testable import AuditLog

/// A disk that fails at one step, or from one step on as after a crash.
private final class BreakingDisk: Sendable {
  private let count = Mutex(0)
  private let broken: @Sendable (Int) -> Bool

  init(_ broken: @escaping @Sendable (Int) -> Bool) { self.broken = broken }

  var steps: Int { count.withLock { $0 } }

  var step: @Sendable (AuditFolder.DiskStep, String) -> Int32 {
    { [self] _, _ in
      let number = count.withLock { count in
        defer { count += 1 }
        return count
      }
      return broken(number) ? EIO : 0
    }
  }
}

@Suite struct DiskFailureTests {
  /// Opens a log, writes over several segments, closes it; the entries that were acknowledged.
  private static func write(_ test: TestLog, _ disk: BreakingDisk) -> [AuditEntry] {
    guard let log = try? test.open(segmentSize: 2000, disk: disk.step) else { return [] }
    return (0..<9).compactMap { number in
      (try? log.append(TestLog.entry(number))) == nil ? nil : TestLog.entry(number)
    }
  }

  /// The number of steps on the disk that this takes.
  private static func steps() throws -> Int {
    let disk = BreakingDisk { _ in false }
    #expect(try write(TestLog(), disk).count == 9)
    return disk.steps
  }

  private func expectSettled(_ test: TestLog, _ acknowledged: [AuditEntry], _ step: Int) throws {
    let log = try test.open(segmentSize: 2000)
    try log.append(TestLog.entry(99))
    try log.checkpoint()
    let entries = try test.records().map(\.entry).filter { $0.type != .auditLogTornTailCut }
    #expect(entries.last == TestLog.entry(99))
    // What was acknowledged is there, in its order; what was not may be.
    var rest = entries[...]
    for entry in acknowledged {
      let place = try #require(rest.firstIndex(of: entry), "step \(step)")
      rest = rest[(place + 1)...]
    }
    let summary = try #require(test.sound, "step \(step)")
    let keys = try FileManager.default.contentsOfDirectory(atPath: test.keys)
    #expect(keys == [AuditFolder.name(try #require(summary.signers.last).segment) + ".key"])
    #expect(summary.covered == summary.records)
  }

  @Test func `a crash at any step on the disk leaves what the next start settles`() throws {
    let steps = try Self.steps()
    #expect(steps > 60)
    for step in 0..<steps {
      let test = try TestLog()
      let acknowledged = Self.write(test, BreakingDisk { $0 >= step })
      try expectSettled(test, acknowledged, step)
    }
  }

  @Test func `an EIO at any write, sync or rename loses nothing that was acknowledged`() throws {
    for step in 0..<(try Self.steps()) {
      let test = try TestLog()
      let acknowledged = Self.write(test, BreakingDisk { $0 == step })
      try expectSettled(test, acknowledged, step)
    }
  }

  @Test func `a next key that is half written is erased, and another is made`() throws {
    let test = try TestLog()
    let path = test.keys + "/audit-next.key"
    _ = FileManager.default.createFile(
      atPath: path, contents: Data("-----BEGIN PRIV".utf8), attributes: [.posixPermissions: 0o600])
    try test.open().append(TestLog.entry(0))
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(test.sound?.records == 2)
  }

  private static let canMount = geteuid() == 0 && (try? Self.withSmallDisk { _ in }) != nil

  /// Mounts a file system of 96 KiB for the time of the body.
  private static func withSmallDisk(_ body: (TestLog) throws -> Void) throws {
    let test = try TestLog()
    guard unsafe mount("tmpfs", test.folder, "tmpfs", 0, "size=96k,mode=700") == 0 else {
      throw AuditError.cannotOpen(path: test.folder, code: errno)
    }
    defer { unsafe umount2(test.folder, Int32(MNT_DETACH)) }
    try FileManager.default.createDirectory(
      atPath: test.keys, withIntermediateDirectories: false)
    try body(test)
  }

  @Test(.enabled(if: canMount, "may not mount a file system: needs CAP_SYS_ADMIN"))
  func `on a full disk nothing is acknowledged that is not there, and room mends it`() throws {
    try Self.withSmallDisk { test in
      let log = try test.open(segmentSize: 20_000)
      var acknowledged = 0
      var failure: AuditError?
      while failure == nil, acknowledged < 1_000 {
        do throws(AuditError) {
          try log.append(TestLog.entry(acknowledged))
          acknowledged += 1
        } catch { failure = error }
      }
      #expect("\(try #require(failure))".contains("No space left on device"))
      #expect([0, 2, 3].contains(test.verify().exitCode))
      #expect(
        unsafe mount("tmpfs", test.folder, "tmpfs", UInt(MS_REMOUNT), "size=1m,mode=700")
          == 0)
      try log.append(TestLog.entry(acknowledged))
      #expect(try test.records().map(\.entry) == (0...acknowledged).map(TestLog.entry))
      #expect(test.sound != nil)
    }
  }
}
