import AuditLog
import Cryptography
import Foundation
import Testing
import WorkspaceSnapshot

@testable import Workspace

/// A crash while a snapshot is put into force, at every step of it.
@Suite struct ReplicaCrashTests {
  /// A replica that has the first snapshot, and the origin's second one at its side.
  private static func prepared() throws -> (test: TestOrigin, replica: String, new: Snapshot) {
    let test = try TestOrigin()
    let replica = try test.replica(of: test.snapshot())
    try test.origin.setDestination(
      "files", settings: ["path": .string("/var/new.ndjson")],
      secrets: ["key": Array("rotated".utf8)])
    _ = try test.origin.addSource("app")
    _ = try test.origin.addSafeHarbor()
    return (test, replica.layout.root, try test.snapshot())
  }

  /// What a host that dies leaves: the new snapshot as the next, and the first `count` documents done.
  private static func crash(
    _ replica: String, _ new: Snapshot, _ test: TestOrigin, after count: Int
  ) throws {
    let workspace = try Workspace.open(at: replica)
    let layout = workspace.layout
    try Disk.replace(SnapshotApplication.next(layout), with: new.bytes)
    let root = try StorageKey.forSnapshots(layout, of: workspace.id)
    let contents = try ReplicaContents(new, openedWith: root)
    let request = AuditedRequest(workspace.audit, .replicaSnapshotApplied, "replica", "host")
    try request.record(
      .intent, (SHA256.hash(try workspace.bytes("replica.json")), SHA256.hash([1])), [])
    for (object, bytes) in contents.documents.sorted(by: { $0.key < $1.key }).prefix(count) {
      let path = try #require(layout.document(of: object))
      try AuditedRequest(workspace.audit, .replicaDocumentReplaced, object, "host").replace(
        path, before: try? Disk.read(path, limit: 1 << 20), after: bytes, [])
    }
  }

  @Test(arguments: 0...7)
  func `the next who opens it finds the new snapshot whole`(count: Int) throws {
    let (test, replica, new) = try Self.prepared()
    try Self.crash(replica, new, test, after: count)
    let opened = try Workspace.open(at: replica)
    #expect(try opened.replica().sequence == 2 && opened.replica().sha256 == new.sha256)
    #expect(opened.damage.isEmpty && opened.sources().map(\.id) == ["app", "web"])
    #expect(try opened.secrets(of: opened.destination("files"))["key"] == Array("rotated".utf8))
    #expect(!Disk.exists(SnapshotApplication.next(opened.layout)))
    #expect(AuditLog.verify(directory: opened.layout.audit, workspaceID: opened.id).exitCode == 0)
    #expect(try opened.audit.digests().unfinished.isEmpty)
  }

  @Test func `one who has it open finds it whole at the next look, too`() throws {
    let (test, replica, new) = try Self.prepared()
    let open = try Workspace.open(at: replica)
    try Self.crash(replica, new, test, after: 2)
    try open.reload()
    #expect(try open.replica().sequence == 2 && open.damage.isEmpty)
  }

  @Test func `a next one that was damaged meanwhile is set aside for the one in force`() throws {
    let (test, replica, new) = try Self.prepared()
    try Self.crash(replica, new, test, after: 3)
    let next = SnapshotApplication.next(WorkspaceLayout(root: replica))
    var bytes = new.bytes
    bytes[bytes.count - 1] ^= 1
    try Disk.replace(next, with: bytes)
    let opened = try Workspace.open(at: replica)
    #expect(try opened.replica().sequence == 1 && opened.damage.isEmpty)
    #expect(opened.sources().map(\.id) == ["web"])
    #expect(try opened.replicaRecords().contains { $0.type == .replicaSnapshotRefused })
    _ = try opened.follow(snapshot: test.file)
    #expect(try opened.replica().sequence == 2)
  }

  @Test func `an older one put there by hand is not taken`() throws {
    let (test, replica, _) = try Self.prepared()
    let opened = try Workspace.open(at: replica)
    let first = try Disk.read(
      SnapshotApplication.current(opened.layout), limit: Snapshot.maximumSize)
    _ = try opened.follow(snapshot: test.file)
    try Disk.replace(SnapshotApplication.next(opened.layout), with: first)
    #expect(try Workspace.open(at: replica).replica().sequence == 2)
  }
}
