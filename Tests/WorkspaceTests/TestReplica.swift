import AuditLog
import Cryptography
import Foundation
import WorkspaceSnapshot

@testable import Workspace

/// An origin with a destination and a secret, and replicas of it, each in a folder of its own.
struct TestOrigin {
  let test: TestWorkspace
  var origin: Workspace { test.workspace }
  var file: String { test.folder + "/s.snapshot" }
  var storageKey: String { origin.layout.storageKey }

  init() throws {
    test = try TestWorkspace.withDestination()
    try origin.setDestination(
      "files", settings: [:], secrets: ["key": Array("hunter2".utf8)])
    _ = try origin.addSource("web")
  }

  @discardableResult
  func snapshot(_ name: String = "s.snapshot") throws -> Snapshot {
    try origin.takeSnapshot(to: test.folder + "/" + name)
  }

  func replica(_ name: String = "replica", of snapshot: Snapshot) throws -> Workspace {
    try Workspace.replicate(
      at: test.folder + "/" + name, from: file, signedBy: snapshot.key.id, storageKey: storageKey)
  }
}

extension Workspace {
  /// What the log says of the replica, the oldest first.
  func replicaRecords() throws -> [AuditRecord] {
    try audit.records(matching: AuditQuery(object: ConfigurationObject.replica))
  }

  func bytes(_ file: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: layout.root + "/" + file)))
  }
}

extension TestOrigin {
  /// A snapshot that the right key signed and the origin did not take: as a bug, or a thief of its keys, would have it.
  func forge(
    sequence: Int, workspaceID: String? = nil, checkpoint: String? = nil,
    _ edit: (inout [String: [UInt8]]) -> Void = { _ in }
  ) throws {
    var files = Dictionary(uniqueKeysWithValues: try origin.snapshotContents().map { ($0.0, $0.1) })
    edit(&files)
    let contents = files.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      .map { (path: $0.key, bytes: $0.value) }
    let id = workspaceID ?? origin.id
    let root = try StorageKey.forSnapshots(origin.layout, of: id)
    let index = SnapshotIndex(
      workspaceID: id, sequence: sequence, takenAt: Timestamp.now,
      storageKeyID: try Snapshot.storageKeyID(root),
      checkpoint: try checkpoint ?? origin.audit.checkpoint().text, contents: contents)
    let key = try Ed25519.SigningKey(seed: SecretBytes(readingFile: origin.layout.snapshotKey))
    let snapshot = try Snapshot(index, contents, sealedUnder: root, signedBy: key)
    try Data(snapshot.bytes).write(to: URL(fileURLWithPath: file))
  }
}
