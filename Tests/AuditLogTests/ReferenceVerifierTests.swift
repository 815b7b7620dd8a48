import Cryptography
import Foundation
import Testing

@testable import AuditLog

private let canRunVerifier = ["python3", "openssl"].allSatisfy { program in
  ProcessInfo.processInfo.environment["PATH", default: ""].split(separator: ":")
    .contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
}

/// `Examples/verify-audit-log/verify.py`, which knows nothing of this program, must come to the same verdicts.
@Suite(.enabled(if: canRunVerifier, "needs python3 and openssl"))
struct ReferenceVerifierTests {
  private let test: TestLog

  init() throws { test = try TestLog() }

  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private func verify(_ words: [String] = []) throws -> (code: Int32, text: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      ["python3", Self.root.appendingPathComponent("Examples/verify-audit-log/verify.py").path]
      + [test.folder, "--workspace-id", TestLog.workspaceID] + words
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }

  /// Both verifiers, which must agree.
  private func expectBoth(_ code: Int32, _ what: String) throws {
    #expect(test.verify().exitCode == code, "\(what)")
    let other = try verify()
    #expect(other.code == code, "\(what): \(other.text)")
  }

  @Test func `sound logs are sound to both, with one root`() throws {
    try test.write(50)
    let summary = try #require(test.sound)
    #expect(try verify().text == "sound: 51 records, root \(summary.root.hex)\n")
    let log = try test.open(segmentSize: 20_000)
    for number in 0..<60 { try log.append(TestLog.entry(number)) }
    try log.checkpoint()
    #expect(try test.layout.lastSegment() > 2)
    try expectBoth(0, "several segments")
  }

  @Test func `tampered, torn, missing and rolled back logs are so to both`() throws {
    try test.write(12)
    let (file, note) = (try test.bytes(), try Data(contentsOf: URL(fileURLWithPath: test.note)))
    for _ in 0..<12 {
      var bytes = file
      // The last byte's loss is another verdict; see below.
      bytes[Int.random(in: 0..<file.count - 1)] ^= 1 << UInt8.random(in: 0..<8)
      try test.replace(bytes)
      try expectBoth(1, "a bit of the records")
    }
    try test.replace(file)
    for _ in 0..<8 {
      var bytes = [UInt8](note)
      bytes[Int.random(in: bytes.indices)] ^= 1 << UInt8.random(in: 0..<3)
      try Data(bytes).write(to: URL(fileURLWithPath: test.note))
      let codes = (test.verify().exitCode, try verify().code)
      // A size that has grown is a log that has shrunk.
      #expect(codes.0 == codes.1 && [1, 3].contains(codes.0), "\(codes)")
    }
    try note.write(to: URL(fileURLWithPath: test.note))
    try test.replace(file + Array("{\"v\":1".utf8))
    try expectBoth(2, "a torn tail")
    try test.replace(Array(file.dropLast(40)))
    try expectBoth(3, "rolled back")
    try test.replace(file)
    try FileManager.default.removeItem(atPath: test.note)
    try expectBoth(3, "no checkpoint")
    try FileManager.default.removeItem(atPath: test.file)
    try expectBoth(3, "no segment")
  }

  @Test func `a kept checkpoint and a kept key convince both`() throws {
    try test.write(5)
    let saved = test.folder + "/saved.note"
    try FileManager.default.copyItem(atPath: test.note, toPath: saved)
    let signer = try #require(test.sound?.signers.first)
    let key = test.folder + "/key"
    try Data(try #require(test.sound).verifierKey(signer).utf8).write(to: URL(fileURLWithPath: key))
    try test.write(7)
    #expect(try verify(["--checkpoint", saved, "--public-key", key]).code == 0)
    let other = try TestLog()
    try other.write(20)
    for path in ["audit-000001.jsonl", "audit-000001.checkpoint"] {
      try FileManager.default.removeItem(atPath: "\(test.folder)/\(path)")
      try FileManager.default.copyItem(
        atPath: "\(other.folder)/\(path)", toPath: "\(test.folder)/\(path)")
    }
    try expectBoth(0, "written anew, with a key of its own")
    #expect(try verify(["--checkpoint", saved]).code == 1)
    #expect(try verify(["--public-key", key]).code == 1)
    let publicKey = try AuditPublicKey.bytes(
      of: [UInt8](try Data(contentsOf: URL(fileURLWithPath: key))), path: key)
    #expect(test.verify(publicKey: publicKey).exitCode == 1)
  }

  @Test func `a key that was replaced is told by both`() throws {
    try test.write(5)
    try FileManager.default.removeItem(atPath: test.keys + "/audit-000001.key")
    _ = try test.open().replaceLostKey(as: "ana@clinic.example")
    try test.write(3)
    try expectBoth(0, "a lost key was replaced")
    let number = try #require(test.sound?.replacements.first)
    #expect(try verify().text.contains("\nrecord \(number) replaced a lost key: "))
  }

  @Test func `a log whose oldest segments have expired is judged alike by both`() throws {
    let log = try test.open(segmentSize: 3_000)
    for number in 0..<30 { try log.append(TestLog.entry(number)) }
    let early = test.folder + "/early.note"
    let late = test.folder + "/late.note"
    try FileManager.default.copyItem(atPath: test.layout.checkpoint(1), toPath: early)
    try FileManager.default.copyItem(
      atPath: test.layout.checkpoint(try test.layout.lastSegment()), toPath: late)
    #expect(try log.expire(before: "2999-01-01T00:00:00.000000Z") > 2)
    for number in 30..<40 { try log.append(TestLog.entry(number)) }
    try log.checkpoint()
    let summary = try #require(test.sound)
    #expect(try verify().text == "sound: \(summary.records) records, root \(summary.root.hex)\n")
    // One from before the end of what is gone can be held against nothing; one from behind it still fits.
    for saved in [early, late] { #expect(try verify(["--checkpoint", saved]).code == 0) }

    let (path, note) = (
      test.layout.expired, try Data(contentsOf: URL(fileURLWithPath: test.layout.expired))
    )
    for index in stride(from: 0, to: note.count, by: 37) {
      var bytes = [UInt8](note)
      bytes[index] ^= 1
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      let codes = (test.verify().exitCode, try verify().code)
      #expect(codes.0 != 0 && codes.1 != 0, "byte \(index): \(codes)")
    }
    try FileManager.default.removeItem(atPath: path)
    try expectBoth(3, "without the note that says what expired")
    try note.write(to: URL(fileURLWithPath: path))
    let first = test.layout.segment(try test.layout.lastSegment())
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: first)))
    bytes[700] ^= 1
    try Data(bytes).write(to: URL(fileURLWithPath: first))
    try expectBoth(1, "a bit of what is left")
  }
}
