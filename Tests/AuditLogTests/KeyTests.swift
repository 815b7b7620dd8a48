import Cryptography
import Foundation
import Testing
import Workbench

@testable import AuditLog

@Suite struct KeyTests {
  private let test: TestLog

  init() throws { test = try TestLog() }

  /// Segments of about six records.
  private func writeSegments(_ count: Int) throws {
    let log = try test.open(segmentSize: 3000)
    for number in 0..<count { try log.append(TestLog.entry(number)) }
  }

  private func keyFiles() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: test.keys).sorted()
  }

  @Test func `each segment has a key that the one before signed, and only the last is left`() throws
  {
    try writeSegments(30)
    let summary = try #require(test.sound)
    let last = try test.layout.lastSegment()
    #expect(last > 4)
    #expect(summary.signers.map(\.segment) == Array(1...last))
    #expect(Set(summary.signers.map(\.publicKey)).count == last)
    #expect(try keyFiles() == [AuditFolder.name(last) + ".key"])
    #expect(try mode(of: "\(test.keys)/\(AuditFolder.name(last)).key") == 0o600)
  }

  @Test
  func `without the key of its segment the log takes no record, and says which file it misses`()
    throws
  {
    try test.write(3)
    let path = test.keys + "/audit-000001.key"
    let key = try Data(contentsOf: URL(fileURLWithPath: path))
    try FileManager.default.removeItem(atPath: path)
    #expect(test.sound != nil)
    let log = try test.open()
    try log.append(TestLog.entry(3))
    #expect(throws: AuditError.keyMissing(path: path)) { try log.checkpoint() }
    try key.write(to: URL(fileURLWithPath: path))
    unsafe chmod(path, 0o600)
    #expect(try log.checkpoint().size == 5)
  }

  @Test func `a key that was lost is replaced for all to see, and only a lost one`() throws {
    try test.write(3)
    let path = test.keys + "/audit-000001.key"
    let (saved, old) = (try #require(try test.layout.readCheckpoint(1)), try #require(test.sound))
    #expect(throws: AuditError.keyInPlace(path: path)) {
      try test.open().replaceLostKey(as: "ana@clinic.example")
    }
    try FileManager.default.removeItem(atPath: path)
    let log = try test.open()
    #expect(try log.keyProblem() == .keyMissing(path: path))
    let checkpoint = try log.replaceLostKey(as: "ana@clinic.example")
    #expect(try log.keyProblem() == nil && checkpoint.size == old.records + 1)
    try log.append(TestLog.entry(4))
    try log.checkpoint()
    let summary = try #require(test.sound)
    #expect(summary.replacements == [old.records + 1] && summary.signers.count == 2)
    // What was kept from before still fits, and the key that was kept is still one of the log's.
    #expect(
      test.verify(saved: saved, publicKey: old.signers[0].publicKey).exitCode == 0)
    let record = try #require(
      try log.records(matching: AuditQuery(type: .auditLogKeyReplaced)).first)
    #expect(record.actor == "ana@clinic.example")
    #expect(try keyFiles() == ["audit-000001.key"])
    // The log goes on over segments, each key signed by the one before.
    try writeSegments(20)
    #expect(test.sound?.replacements == [old.records + 1])
  }

  @Test func `a key that was lost where a segment begins is replaced there`() throws {
    let log = try test.open(segmentSize: 3_000)
    var count = 0
    while try test.bytes().count < 3_000 {
      try log.append(TestLog.entry(count))
      count += 1
    }
    try log.checkpoint()
    try FileManager.default.removeItem(atPath: test.keys + "/audit-000001.key")
    #expect(throws: AuditError.self) { try log.append(TestLog.entry(count)) }
    let again = try test.open(segmentSize: 3_000)
    #expect(throws: AuditError.self) { try again.append(TestLog.entry(count)) }
    _ = try again.replaceLostKey(as: "ana@clinic.example")
    try again.append(TestLog.entry(count))
    try again.checkpoint()
    #expect(test.sound?.replacements.count == 1)
    #expect(try keyFiles() == ["audit-000002.key"])
    _ = try test.open()
  }

  @Test func `a replacement that its key did not sign, or out of its place, is found`() throws {
    try test.write(3)
    let state = try state(behind: 4)
    let (mine, other) = (try Ed25519.SigningKey.generate(), try Ed25519.SigningKey.generate())
    var reader = ChainReader(workspaceID: TestLog.workspaceID, from: state)
    let statement = reader.statement(introducing: mine.verifyingKey.rawBytes)
    var entry = try statement.entry(signedBy: mine)
    entry.type = .auditLogKeyHandedOver
    try expectTampered(entry, behind: state)
    entry.type = .auditLogKeyIntroduced
    try expectTampered(entry, behind: state)
    var forged = try statement.entry(signedBy: other)
    forged.type = .auditLogKeyReplaced
    try expectTampered(forged, behind: state)
  }

  /// Where the chain stands behind a record of the first segment.
  private func state(behind number: UInt64) throws -> LogState {
    var state = LogState(workspaceID: TestLog.workspaceID)
    var reader = ChainReader(workspaceID: TestLog.workspaceID, from: state)
    let whole = try test.lines().prefix(Int(number)).flatMap(\.self)
    let end = unsafe reader.take(whole.span.bytes)
    #expect(end == nil)
    state = reader.state
    return state
  }

  private func expectTampered(_ entry: AuditEntry, behind state: LogState) throws {
    var reader = ChainReader(workspaceID: TestLog.workspaceID, from: state)
    var record = state.next(entry, TestLog.workspaceID)
    let line = RecordWriter.line(&record)
    guard case .tampered = unsafe reader.take(line.span.bytes) else {
      Issue.record("\(entry.type) was taken")
      return
    }
  }

  @Test func `another key, an open one and bytes that are none are refused`() throws {
    try test.write(3)
    let path = test.keys + "/audit-000001.key"
    try FileManager.default.removeItem(atPath: path)
    try Ed25519.SigningKey.generate().writePEM(toNewFile: path, passphrase: nil)
    let log = try test.open()
    try log.append(TestLog.entry(3))
    for content in [nil, Data("no key".utf8), Data()] {
      if let content { try content.write(to: URL(fileURLWithPath: path)) }
      #expect {
        try log.checkpoint()
      } throws: { error in
        if case AuditError.keyUnusable(path, _) = error { true } else { false }
      }
    }
  }

  @Test func `an old copy of the log beside the newer key is refused`() throws {
    try test.write(2)
    let names = ["audit-000001.jsonl", "audit-000001.checkpoint"]
    let old = try names.map { try Data(contentsOf: URL(fileURLWithPath: "\(test.folder)/\($0)")) }
    try writeSegments(20)
    for name in try FileManager.default.contentsOfDirectory(atPath: test.folder)
    where name.hasPrefix("audit-") {
      try FileManager.default.removeItem(atPath: "\(test.folder)/\(name)")
    }
    for (name, bytes) in zip(names, old) {
      try bytes.write(to: URL(fileURLWithPath: "\(test.folder)/\(name)"))
    }
    #expect {
      _ = try test.open()
    } throws: { error in
      if case AuditError.keyUnknown = error { true } else { false }
    }
  }

  @Test func `a chain written anew without the key is found`() throws {
    try test.write(10)
    let key = try #require(test.sound?.signers.first).publicKey
    let saved = try #require(try test.layout.readCheckpoint(1))
    let forged = try TestLog()
    try forged.write(12)
    // The records alone: the checkpoint is not theirs.
    try test.replace(try forged.bytes())
    #expect(test.verify().exitCode == 1)
    #expect(throws: AuditError.self) { _ = try test.open() }
    // With a checkpoint of their own key it looks sound, but not to who kept the key or a checkpoint.
    try FileManager.default.removeItem(atPath: test.note)
    try FileManager.default.copyItem(atPath: forged.note, toPath: test.note)
    #expect(test.sound != nil)
    #expect(test.verify(publicKey: key).exitCode == 1)
    #expect(test.verify(saved: saved).exitCode == 1)
    #expect {
      try test.open().append(TestLog.entry(0))
      try test.open().checkpoint()
    } throws: { error in
      if case AuditError.keyUnusable = error { true } else { false }
    }
  }

  @Test func `an old segment signed anew with a newer key is found`() throws {
    try writeSegments(20)
    let last = try #require(test.sound?.signers.last)
    let key = try SigningKeys(folder: test.layout).current(last)
    let old = try #require(try test.layout.readCheckpoint(2))
    // The same records, the newer key.
    let note = try Checkpoint(origin: old.origin, size: old.size, root: old.root, signedBy: key)
    try test.layout.replace(test.layout.checkpoint(2), with: note.note.bytes)
    #expect(
      test.verify()
        == .tampered(
          file: test.layout.checkpoint(2), sequence: old.size, offset: 0,
          reason: "the key of its segment did not sign it"))
  }

  @Test func `records of an old segment changed and chained anew with the newest key are found`()
    throws
  {
    try writeSegments(20)
    let signers = try #require(test.sound?.signers)
    let newest = try SigningKeys(folder: test.layout).current(try #require(signers.last))
    try rewrite(changing: 3, signingWith: newest)
    guard case .tampered(let file, let sequence, 0, let reason) = test.verify() else {
      Issue.record("\(test.verify())")
      return
    }
    #expect(file == test.layout.checkpoint(1) || reason == "the key before did not sign it")
    #expect(sequence <= (signers[1].since + 1))
    // Even with the first checkpoint out of the way, the first hand-over does not fit.
    try FileManager.default.removeItem(atPath: test.layout.checkpoint(1))
    #expect([1, 3].contains(test.verify().exitCode))
  }

  /// What a thief of the newest key can do: change a record, chain all after it anew, sign every checkpoint.
  private func rewrite(changing number: UInt64, signingWith key: Ed25519.SigningKey) throws {
    var state = LogState(workspaceID: TestLog.workspaceID)
    var hasher = SHA256Hasher()
    var tree = MerkleFrontier()
    for segment in 1...(try test.layout.lastSegment()) {
      var bytes: [UInt8] = []
      let path = test.layout.segment(segment)
      for line in [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))).split(separator: 0x0A) {
        var record = try #require(RecordReader.record(Array(line)))
        if record.sequence == number { record.entry.actor = "usr_nobody" }
        record.previous = state.hash
        let new = RecordWriter.line(&record)
        unsafe tree.append(Array(new.dropLast()).span.bytes, &hasher)
        state.advance(record, new.count)
        bytes += new
      }
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      let note = try Checkpoint(
        origin: Checkpoint.origin(workspaceID: TestLog.workspaceID), size: tree.count,
        root: tree.root(&hasher), signedBy: key)
      try test.layout.replace(test.layout.checkpoint(segment), with: note.note.bytes)
    }
  }

  @Test func `a segment that does not begin with its key is found`() throws {
    try writeSegments(12)
    let path = test.layout.segment(2)
    let lines = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))).split(separator: 0x0A)
    try Data(lines.dropFirst().flatMap { Array($0) + [0x0A] }).write(to: URL(fileURLWithPath: path))
    #expect(test.verify().exitCode == 1)
  }
}
