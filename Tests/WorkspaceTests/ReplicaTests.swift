import AuditLog
import Cryptography
import Eligibility
import Foundation
import Testing
import Workbench
import WorkspaceSnapshot

@testable import Workspace

@Suite struct ReplicaTests {
  @Test func `a replica has the origin's documents, adapters and secrets, and a log of its own`()
    throws
  {
    let test = try TestOrigin()
    let snapshot = try test.snapshot()
    let replica = try test.replica(of: snapshot)
    #expect(replica.id == test.origin.id && replica.damage.isEmpty)
    for file in ["workspace.json", "privacy.json", "destinations/files.json", "sources/web.json"] {
      #expect(try replica.bytes(file) == test.origin.bytes(file), "\(file)")
    }
    let destination = try replica.destination("files")
    #expect(try replica.secrets(of: destination) == ["key": Array("hunter2".utf8)])
    try replica.verify(replica.adapter(TestWorkspace.product))
    let verdict = AuditLog.verify(directory: replica.layout.audit, workspaceID: replica.id)
    #expect(verdict.exitCode == 0)
    let record = try #require(try replica.replicaRecords().last)
    #expect(record.type == .replicaCreated && record.outcome == .ok)
    #expect(record.changesText.contains(snapshot.sha256.hex))
    #expect(record.changesText.contains(snapshot.key.id))
  }

  @Test func `a document has the same digest in both logs`() throws {
    let test = try TestOrigin()
    let replica = try test.replica(of: test.snapshot())
    let query = AuditQuery(object: "destination/files")
    let there = try #require(try test.origin.audit.records(matching: query).last)
    let here = try #require(try replica.audit.records(matching: query).last)
    #expect(here.after == there.after && here.type == .replicaDocumentReplaced)
  }

  @Test func `a newer one brings all that changed, and takes away what went`() throws {
    let test = try TestOrigin()
    let replica = try test.replica(of: test.snapshot())
    let oldSecrets = try FileManager.default.contentsOfDirectory(
      atPath: replica.layout.secrets + "/files")
    try test.origin.setDestination(
      "files", settings: ["path": .string("/var/new.ndjson")],
      secrets: ["key": Array("rotated".utf8)])
    _ = try test.origin.addSource("app")
    try test.origin.setSource("web", enabled: false)
    try test.origin.install(test.test.package(version: "2.0.0", library: "newer"))
    let snapshot = try test.snapshot()
    guard case .applied(let new) = try replica.follow(snapshot: test.file) else {
      Issue.record("not applied")
      return
    }
    #expect(new.sequence == 2 && new.sha256 == snapshot.sha256)
    #expect(replica.sources().map(\.id) == ["app", "web"])
    #expect(try replica.secrets(of: replica.destination("files"))["key"] == Array("rotated".utf8))
    #expect(try replica.adapter(TestWorkspace.product).version == "2.0.0")
    let secrets = try FileManager.default.contentsOfDirectory(
      atPath: replica.layout.secrets + "/files")
    #expect(Set(secrets).isDisjoint(with: oldSecrets))
    try test.origin.removeDestination("files")
    try test.origin.removeAdapter(TestWorkspace.product)
    try test.snapshot()
    _ = try replica.follow(snapshot: test.file)
    #expect(replica.destinations().isEmpty && replica.adapters().isEmpty && replica.damage.isEmpty)
    #expect(
      !FileManager.default.fileExists(
        atPath: replica.layout.adapters + "/" + TestWorkspace.product))
  }

  @Test func `the same one again changes nothing and writes no record`() throws {
    let test = try TestOrigin()
    let replica = try test.replica(of: test.snapshot())
    let records = try replica.replicaRecords().count
    guard case .unchanged = try replica.follow(snapshot: test.file) else {
      Issue.record("applied")
      return
    }
    #expect(try replica.replicaRecords().count == records)
  }

  @Test func `an older one is refused, also after a restart, and the refusal is recorded`() throws {
    let test = try TestOrigin()
    let replica = try test.replica(of: test.snapshot())
    try FileManager.default.copyItem(atPath: test.file, toPath: test.test.folder + "/old")
    try test.snapshot()
    _ = try replica.follow(snapshot: test.file)
    for workspace in [replica, try Workspace.open(at: replica.layout.root)] {
      #expect(
        errorText { _ = try workspace.follow(snapshot: test.test.folder + "/old") }
          == "snapshot refused, \(test.test.folder)/old: its sequence is 1, and 2 was taken here before. "
          + "Get the newest one.")
    }
    let record = try #require(try replica.replicaRecords().last)
    #expect(record.type == .replicaSnapshotRefused && record.outcome == .denied)
    #expect(record.changesText.contains("its sequence is 1"))
    #expect(try replica.replica().sequence == 2)
  }

  @Test func `another one of the same number is refused`() throws {
    let test = try TestOrigin()
    let replica = try test.replica(of: test.snapshot())
    try test.forge(sequence: 1) { $0["privacy.json"]?.append(10) }
    #expect(
      errorText { _ = try replica.follow(snapshot: test.file) }
        .contains("its sequence 1 was taken here before, with other content"))
  }

  @Test func `another workspace's, or one by another key, is refused`() throws {
    let (test, other) = (try TestOrigin(), try TestOrigin())
    let replica = try test.replica(of: test.snapshot())
    try other.snapshot()
    #expect(
      errorText { _ = try replica.follow(snapshot: other.file) }.contains(
        "it is signed with the key"))
    try test.forge(sequence: 2, workspaceID: "ws_other")
    #expect(
      errorText { _ = try replica.follow(snapshot: test.file) }
        .contains("it is of the workspace ws_other"))
    _ = try test.origin.takeSnapshot(to: test.file, newKey: true)
    #expect(
      errorText { _ = try replica.follow(snapshot: test.file) }.contains(
        "it is signed with the key"))
    #expect(try replica.replica().sequence == 1)
  }

  @Test func `an origin with a new key is followed once somebody said so`() throws {
    let test = try TestOrigin()
    let replica = try test.replica(of: test.snapshot())
    let new = try test.origin.takeSnapshot(to: test.file, newKey: true)
    _ = try replica.follow(snapshot: test.file, signedBy: new.key.id)
    #expect(try replica.replica().keyID == new.key.id)
    let record = try #require(try replica.replicaRecords().last)
    #expect(record.changesText.contains(new.key.id))
    try test.snapshot()
    _ = try replica.follow(snapshot: test.file)
    #expect(try replica.replica().sequence == 3)
  }

  @Test func `a log of the origin that became shorter is told, and its snapshot refused`() throws {
    let test = try TestOrigin()
    let early = try test.origin.audit.checkpoint().text
    try test.snapshot()
    let replica = try test.replica(of: test.snapshot())
    try test.forge(sequence: 3, checkpoint: early)
    #expect(
      errorText { _ = try replica.follow(snapshot: test.file) }.contains("that log was cut"))
  }

  @Test func `a list of products that is older than the one here is refused`() throws {
    let test = try TestOrigin()
    let replica = try test.replica(of: test.snapshot())
    let number = ShippedProductList.list.sequence
    try test.forge(sequence: 2) { files in
      let text = String(decoding: files["product-lists.json"] ?? [], as: UTF8.self)
      let old = "\"\(ShippedProductList.key.id)\" : \(number)"
      #expect(text.contains(old))
      files["product-lists.json"] = Array(
        text.replacing(old, with: "\"\(ShippedProductList.key.id)\" : \(number - 1)").utf8)
    }
    #expect(
      errorText { _ = try replica.follow(snapshot: test.file) }.contains(
        "is older than the one here"))
  }

  @Test
  func `without the origin's storage key, or with a key that is open to others, none is made`()
    throws
  {
    let test = try TestOrigin()
    let snapshot = try test.snapshot()
    let key = test.test.folder + "/other.key"
    try Data(repeating: 7, count: 32).write(to: URL(fileURLWithPath: key))
    func make() throws {
      _ = try Workspace.replicate(
        at: test.test.folder + "/r", from: test.file, signedBy: snapshot.key.id, storageKey: key)
    }
    try setMode(0o644, of: key)
    #expect(errorText(make).contains("lets others in"))
    try setMode(0o600, of: key)
    #expect(errorText(make).contains("sealed under another storage key"))
    try Data(repeating: 7, count: 31).write(to: URL(fileURLWithPath: key))
    #expect(errorText(make).contains("sealed under another storage key"))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: test.test.folder).allSatisfy {
        !$0.contains("replicate") && $0 != "r"
      })
  }

  @Test func `nothing can be configured on it, and each try is recorded`() throws {
    let test = try TestOrigin()
    let replica = try test.replica(of: test.snapshot())
    let tries: [(String, () throws -> Void)] = [
      ("destination/files", { try replica.enableDestination("files") }),
      ("destination/files", { try replica.removeDestination("files") }),
      ("destination/files", { try replica.setDelivery(of: "files") { $0.retryHours = 1 } }),
      ("privacy", { _ = try replica.addSafeHarbor() }),
      ("workspace", { try replica.rename(to: "Other") }),
      ("source/web", { try replica.setSource("web", enabled: false) }),
      ("products", { try replica.disallow(product: TestWorkspace.product) }),
      ("adapter/\(TestWorkspace.product)", { try replica.install(test.test.package()) }),
      ("privacy", { _ = try replica.reconcile("privacy") }),
      ("snapshots", { _ = try replica.takeSnapshot(to: test.test.folder + "/mine") }),
    ]
    for (object, change) in tries {
      let text = errorText(change)
      #expect(text.contains("it is a replica of workspace \(replica.id)"), "\(object): \(text)")
      #expect(text.contains("Change it in its origin, then run there: sealpost workspace snapshot"))
      let record = try #require(
        try replica.audit.records(matching: AuditQuery(object: object)).last)
      #expect(record.outcome == .denied, "\(object)")
    }
    #expect(replica.damage.isEmpty && replica.settings.name == "Clinic")
  }

  @Test func `a destination that is given up is recorded, and its document left alone`() throws {
    let test = try TestOrigin()
    let replica = try test.replica(of: test.snapshot())
    try replica.quarantineDestination("files", reason: "its adapter crashed")
    let record = try #require(
      try replica.audit.records(matching: AuditQuery(object: "destination/files")).last)
    #expect(record.type == .destinationQuarantined && record.outcome == .ok)
    #expect(
      try replica.bytes("destinations/files.json") == test.origin.bytes("destinations/files.json"))
  }

  @Test func `what was changed on it by hand is put back by the same snapshot`() throws {
    let test = try TestOrigin()
    let replica = try test.replica(of: test.snapshot())
    func write(_ file: String, _ text: String) throws {
      try Data(text.utf8).write(to: URL(fileURLWithPath: replica.layout.root + "/" + file))
    }
    try write("destinations/files.json", "{}")
    try write("sources/evil.json", #"{"format":1}"#)
    try FileManager.default.removeItem(atPath: replica.layout.root + "/sources/web.json")
    let opened = try Workspace.open(at: replica.layout.root)
    #expect(!opened.damage.isEmpty)
    _ = try opened.follow(snapshot: test.file)
    #expect(opened.damage.isEmpty && opened.sources().map(\.id) == ["web"])
    #expect(
      try opened.bytes("destinations/files.json") == test.origin.bytes("destinations/files.json"))
  }

  @Test func `whoever takes away what says that it is a replica opens nothing`() throws {
    let test = try TestOrigin()
    let replica = try test.replica(of: test.snapshot())
    let document = replica.layout.root + "/replica.json"
    let text = try String(contentsOfFile: document, encoding: .utf8)
    try text.replacing("\"sequence\" : 1", with: "\"sequence\" : 0")
      .write(toFile: document, atomically: true, encoding: .utf8)
    #expect(
      errorText { _ = try Workspace.open(at: replica.layout.root).follow(snapshot: test.file) }
        .contains("was changed outside the audit log"))
    try FileManager.default.removeItem(atPath: document)
    let opened = try Workspace.open(at: replica.layout.root)
    #expect(opened.isReplica)
    #expect(errorText { try opened.rename(to: "Mine") }.contains("it is a replica"))
    #expect(errorText { _ = try opened.reconcile("replica") }.contains("it is a replica"))
  }

  @Test func `a workspace of its own follows no snapshot`() throws {
    let test = try TestOrigin()
    try test.snapshot()
    #expect(
      errorText { _ = try test.origin.follow(snapshot: test.file) }.contains("it is no replica"))
  }
}
