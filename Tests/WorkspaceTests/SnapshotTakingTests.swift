import AuditLog
import Cryptography
import Foundation
import Testing
import Workbench
import WorkspaceSnapshot

@testable import Workspace

@Suite struct SnapshotTakingTests {
  @Test func `each has a higher number, a record that names it, and the log's checkpoint`() throws {
    let test = try TestOrigin()
    let (first, second) = (try test.snapshot(), try test.snapshot())
    #expect(first.index.sequence == 1 && second.index.sequence == 2)
    #expect(first.key.id == second.key.id)
    let records = try test.test.records(of: "snapshots")
    #expect(records.map(\.outcome) == [.intent, .ok, .intent, .ok])
    #expect(records[2].changesText.contains(second.sha256.hex))
    let checkpoint = try Checkpoint(Array(second.index.checkpoint.utf8), path: "c")
    #expect(checkpoint.size >= records[1].sequence && checkpoint.size < records[2].sequence)
  }

  @Test func `the file is for its owner alone, and replaces an older one whatever its mode was`()
    throws
  {
    let test = try TestOrigin()
    try test.snapshot()
    try setMode(0o644, of: test.file)
    let second = try test.snapshot()
    #expect(try mode(of: test.file) == 0o600)
    #expect(try test.origin.verifySnapshot(at: test.file).sha256 == second.sha256)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: test.test.folder).sorted()
        == ["libTest.so", "s.snapshot", "w"])
  }

  @Test func `nothing else is ever overwritten, and no link is followed`() throws {
    let test = try TestOrigin()
    let folder = test.test.folder
    try Data("precious".utf8).write(to: URL(fileURLWithPath: folder + "/other"))
    try FileManager.default.createSymbolicLink(
      atPath: folder + "/link", withDestinationPath: folder + "/other")
    try FileManager.default.createSymbolicLink(
      atPath: folder + "/dangling", withDestinationPath: folder + "/nowhere")
    for name in ["other", "link", "dangling", "w"] {
      #expect(
        errorText { try test.snapshot(name) }
          == "snapshot not written, \(folder)/\(name): something stands there that is no snapshot. "
          + "Name another file.")
    }
    #expect(try String(contentsOfFile: folder + "/other", encoding: .utf8) == "precious")
    #expect(!FileManager.default.fileExists(atPath: folder + "/nowhere"))
    #expect(try test.test.records(of: "snapshots").isEmpty)
  }

  @Test func `one that could not be written is told in the log, and its number is not used again`()
    throws
  {
    let test = try TestOrigin()
    #expect(errorText { try test.snapshot("nowhere/s.snapshot") }.contains("No such file"))
    let records = try test.test.records(of: "snapshots")
    #expect(records.map(\.outcome).contains(.failed))
    let next = try test.snapshot()
    #expect(next.index.sequence >= 1)
    #expect(records.allSatisfy { !$0.changesText.contains(next.sha256.hex) })
  }

  @Test func `what the audit log does not know goes into none`() throws {
    let test = try TestOrigin()
    try test.test.edit("destinations/files.json", "/var/out.ndjson", "/var/elsewhere")
    #expect(
      errorText { try test.snapshot() }.hasPrefix(
        "snapshot not taken: it would hold what the audit"))
    let denied = try #require(try test.test.records(of: "snapshots").last)
    #expect(denied.outcome == .denied)
  }

  @Test func `a key that is lost or another is told, and replaced only when asked for`() throws {
    let test = try TestOrigin()
    let first = try test.snapshot()
    let key = test.origin.layout.snapshotKey
    try FileManager.default.moveItem(atPath: key, toPath: key + ".away")
    #expect(errorText { try test.snapshot() }.contains("snapshot.key is gone. Put it back"))
    let second = try test.origin.takeSnapshot(to: test.file, newKey: true)
    #expect(second.key.id != first.key.id && second.index.sequence == 2)
    try FileManager.default.removeItem(atPath: key)
    try FileManager.default.moveItem(atPath: key + ".away", toPath: key)
    #expect(errorText { try test.snapshot() }.contains("snapshot.key is another key than before"))
  }

  @Test func `secrets are in it sealed, and nothing of them or of the keys in clear`() throws {
    let test = try TestOrigin()
    let text = String(decoding: try test.snapshot().bytes, as: UTF8.self)
    for word in ["hunter2", "ana@clinic.example", "/var/out.ndjson"] {
      #expect(!text.contains(word))
    }
  }

  @Test func `a library on the disk that is not the installed one goes into none`() throws {
    let test = try TestOrigin()
    try test.test.write("adapters/\(TestWorkspace.product)/1.0.0/libTest.so", "other".utf8)
    #expect(errorText { try test.snapshot() }.contains("is not the file that was installed"))
  }
}
