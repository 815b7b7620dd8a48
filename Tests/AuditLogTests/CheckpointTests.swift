import Cryptography
import Foundation
import Testing

@testable import AuditLog

@Suite struct CheckpointTests {
  private let test: TestLog

  init() throws { test = try TestLog() }

  private func note() throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: test.note)))
  }

  @Test func `the tree has the roots that were published for RFC 6962`() throws {
    // certificate-transparency, merkletree/merkle_tree_test.cc: the reference inputs and their roots.
    let leaves: [[UInt8]] = [
      [], [0x00], [0x10], [0x20, 0x21], [0x30, 0x31], [0x40, 0x41, 0x42, 0x43],
      Array(0x50...0x57), Array(0x60...0x6F),
    ]
    let roots = [
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]
    var hasher = SHA256Hasher()
    var tree = MerkleFrontier()
    #expect(tree.root(&hasher) == SHA256.hash([]))
    for (leaf, root) in zip(leaves, roots) {
      unsafe tree.append(leaf.span.bytes, &hasher)
      #expect(tree.root(&hasher).hex == root)
      #expect(MerkleFrontier(count: tree.count, nodes: tree.nodes) == tree)
    }
    #expect(MerkleFrontier(count: 7, nodes: tree.nodes) == nil)
  }

  @Test func `the note of the format's own documentation is read and verified`() throws {
    // golang.org/x/mod/sumdb/note, the example of the package's documentation.
    let key = try #require(
      NoteKey(text: "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"))
    let text =
      "If you think cryptography is the answer to your problem,\n"
      + "then you don't know what your problem is.\n\n— PeterNeumann "
      + "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    let note = try #require(SignedNote(Array(text.utf8)))
    #expect(note.isSigned(by: key))
    #expect(note.bytes == Array(text.utf8))
    #expect(
      !note.isSigned(by: NoteKey(name: "PeterNeumann", key: [UInt8](repeating: 1, count: 32))))
    #expect(
      NoteKey(text: "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW") == nil)
  }

  @Test(arguments: [
    "", "\n", "\n\n", "a\n1\n\n", "sealpost/x\n1\nAAAA\n\n— x AAAAAAAA\n", "sealpost/x\n01\n",
    "sealpost/x\n-1\n\n— x AAAAAAAA\n", "\u{0}\n1\n\n— x AAAAAAAA\n", "a\n1\nb\n\n- x AAAAAAAA\n",
    "a\n99999999999999999999\nb\n\n— x AAAAAAAA\n", "a\n1\nb\n\n— x y AAAAAAAA\n",
  ])
  func `bytes that are no checkpoint are refused`(_ text: String) {
    #expect(throws: AuditError.self) { _ = try Checkpoint(Array(text.utf8), path: "p") }
  }

  @Test func `whatever stands in a note, nothing traps`() throws {
    try test.write(1)
    let bytes = try note()
    for _ in 0..<3_000 {
      var changed = bytes
      for _ in 0..<Int.random(in: 1...4) {
        changed[Int.random(in: changed.indices)] = .random(in: 0...255)
      }
      _ = try? Checkpoint(Array(changed.prefix(.random(in: 0...changed.count))), path: "")
    }
    #expect(throws: AuditError.self) {
      _ = try Checkpoint([UInt8](repeating: 0x61, count: 1 << 20), path: "")
    }
  }

  @Test func `a checkpoint comes at the close, at 256 records, and when it is asked for`() throws {
    var log: AuditLog? = try test.open()
    #expect(try test.layout.readCheckpoint(1)?.size == 1)
    for number in 0..<3 { try log?.append(TestLog.entry(number)) }
    #expect(try test.layout.readCheckpoint(1)?.size == 1)
    #expect(try log?.checkpoint().size == 4)
    for number in 0..<600 {
      try log?.append(TestLog.entry(number))
      let size = try #require(try test.layout.readCheckpoint(1)).size
      #expect(UInt64(number) + 5 - size < 256)
    }
    log = nil
    #expect(try test.layout.readCheckpoint(1)?.size == 604)
    let summary = try #require(test.sound)
    #expect(summary.covered == 604 && summary.signers.count == 1)
  }

  @Test func `who only reads signs nothing`() throws {
    try test.write(3)
    let before = try note()
    _ = try test.open().records(matching: AuditQuery())
    #expect(try note() == before)
  }

  @Test func `without a checkpoint near enough nothing is appended`() throws {
    let disk = FailingDisk()
    let log = try test.open(disk: disk.step)
    disk.fail(.rename, at: ".checkpoint")
    for number in 0..<255 { try log.append(TestLog.entry(number)) }
    // The record that makes the checkpoint due is durable; the one after it is refused.
    try log.append(TestLog.entry(255))
    #expect(throws: AuditError.cannotWrite(path: test.note, code: EIO)) {
      try log.append(TestLog.entry(256))
    }
    disk.fail(nil)
    try log.append(TestLog.entry(256))
    #expect(try test.records().count == 257)
  }

  @Test func `a log of a version without checkpoints opens, and is signed from then on`() throws {
    var state = LogState(workspaceID: TestLog.workspaceID)
    var bytes: [UInt8] = []
    for number in 0..<20 {
      var record = state.next(TestLog.entry(number), TestLog.workspaceID)
      let line = RecordWriter.line(&record)
      state.advance(record, line.count)
      bytes += line
    }
    try test.replace(bytes)
    #expect(test.sound?.records == 20)
    #expect(test.sound?.covered == 0)
    try test.open().append(TestLog.entry(20))
    #expect(Array(try test.bytes().prefix(bytes.count)) == bytes)
    let summary = try #require(test.sound)
    #expect(summary.records == 22 && summary.covered == 22)
    #expect(summary.signers.first?.since == 20)
  }

  @Test func `a checkpoint that is gone, or another's, is missed`() throws {
    try test.write(5)
    let bytes = try note()
    try FileManager.default.removeItem(atPath: test.note)
    #expect(test.verify() == .missing(file: test.note))
    let other = try TestLog()
    try other.write(5)
    try FileManager.default.copyItem(atPath: other.note, toPath: test.note)
    #expect(test.verify().exitCode == 1)
    #expect(throws: AuditError.self) { _ = try test.open() }
    try Data(bytes).write(to: URL(fileURLWithPath: test.note))
    #expect(test.sound != nil)
  }

  @Test func `a log that lost records its checkpoint tells of does not open`() throws {
    try test.write(6)
    let lines = try test.lines()
    try test.replace(lines.dropLast(2).flatMap { $0 })
    #expect(test.verify() == .rolledBack(file: test.note, records: 5, expected: 7))
    #expect(throws: AuditError.rolledBack(path: test.note, records: 5, expected: 7)) {
      _ = try test.open()
    }
  }

  @Test func `a checkpoint that was kept shows that the log still begins with its records`() throws
  {
    try test.write(4)
    let saved = try Checkpoint(try note(), path: "saved")
    try test.write(10)
    #expect(test.verify(saved: saved).exitCode == 0)
    // The newest state is cut off with all that says so: only the saved one knows.
    let long = try Checkpoint(try note(), path: "saved")
    for name in ["audit-000001.jsonl", "audit-000001.checkpoint", "keys/audit-000001.key"] {
      try FileManager.default.removeItem(atPath: test.folder + "/" + name)
    }
    try test.write(4)
    #expect(test.sound != nil)
    #expect(test.verify(saved: saved).exitCode == 1)
    #expect(test.verify(saved: long) == .rolledBack(file: "saved", records: 5, expected: 15))
  }

  @Test func `a witness's signature beside the log's own is no harm in a saved checkpoint`() throws
  {
    try test.write(4)
    let text = String(decoding: try note(), as: UTF8.self) + "— witness.example AAAAAAAAAAAA\n"
    #expect(test.verify(saved: try Checkpoint(Array(text.utf8), path: "saved")).exitCode == 0)
    try Data(text.utf8).write(to: URL(fileURLWithPath: test.note))
    #expect(test.verify().exitCode == 1)
  }
}
