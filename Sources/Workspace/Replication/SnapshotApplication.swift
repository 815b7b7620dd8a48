internal import AuditLog
internal import Cryptography
internal import Eligibility
internal import WorkspaceSnapshot

/// Puts a snapshot that was found good into force; under the workspace's lock, which every reader of documents takes.
///
/// ```
/// next ─▶ intent ─▶ packages, secrets ─▶ each document, with its records ─▶ replica.json ─▶ outcome ─▶ next becomes current
/// ```
/// A crash leaves `next`, and ``SnapshotRecovery`` goes through all of it again before anybody reads a document: so
/// nobody ever sees half a snapshot.
struct SnapshotApplication {
  let layout: WorkspaceLayout
  let audit: AuditLog
  let actor: String

  static func next(_ layout: WorkspaceLayout) -> String { "\(layout.snapshots)/next" }
  static func current(_ layout: WorkspaceLayout) -> String { "\(layout.snapshots)/current" }

  /// - Parameter present: nil for a new replica.
  func apply(
    _ snapshot: Snapshot, _ contents: ReplicaContents, after present: Replica?
  ) throws(WorkspaceError) {
    try Disk.makeFolder(layout.snapshots, existing: true)
    let next = Self.next(layout)
    try Disk.replace(next, with: snapshot.bytes)
    try putIntoForce(snapshot, contents, after: present)
    try Disk.rename(next, to: Self.current(layout))
  }

  func putIntoForce(
    _ snapshot: Snapshot, _ contents: ReplicaContents, after present: Replica?
  ) throws(WorkspaceError) {
    let object = ConfigurationObject.replica
    guard let path = layout.document(of: object) else { return }
    let new = Replica(snapshot, auditRecords: contents.auditRecords)
    let type: AuditEventType = present == nil ? .replicaCreated : .replicaSnapshotApplied
    // All that it names, also what is as before: whoever reads one record knows which snapshot it is about.
    let old = Dictionary(uniqueKeysWithValues: present?.audited ?? [])
    let told = new.audited.map { AuditChange(setting: $0.0, old: old[$0.0] ?? "", new: $0.1) }
    let before = present == nil ? nil : try? Disk.read(path, limit: DocumentCoding.maximumSize)
    try AuditedRequest(audit, type, object, actor).replace(
      path, before: before, after: DocumentCoding.encode(new), told,
      prepare: { () throws(WorkspaceError) in
        try write(contents)
        for change in try differences(from: contents) {
          try replace(change, present, new)
        }
      }, cleanUp: { removeUnused(contents) })
  }

  // MARK: - Documents

  /// A document that is not as the snapshot has it.
  private struct Difference {
    let object: String
    let path: String
    let before: [UInt8]?
    let after: [UInt8]?
  }

  /// Whether anything here is not as the snapshot has it.
  func differs(from contents: ReplicaContents) throws(WorkspaceError) -> Bool {
    try !differences(from: contents).isEmpty
      || contents.files.contains { !isInPlace($0.key, $0.value) }
  }

  private func differences(from contents: ReplicaContents) throws(WorkspaceError) -> [Difference] {
    let audited = try Workspace.audited(by: audit).digests
    let objects = try Set(contents.documents.keys).union(presentObjects())
      .union(audited.keys.filter(ConfigurationObject.isReplicated))
    return objects.sorted().compactMap { object in
      guard let path = layout.document(of: object) else { return nil }
      let before = try? Disk.read(path, limit: DocumentCoding.maximumSize)
      let after = contents.documents[object]
      guard before != after || audited[object] != after.map(SHA256.hash) else { return nil }
      return Difference(object: object, path: path, before: before, after: after)
    }
  }

  /// Those whose documents stand on the disk, also some that somebody put there by hand.
  private func presentObjects() throws(WorkspaceError) -> [String] {
    var files: [String] = []
    for folder in ["destinations", "sources", "users", "tokens"] {
      files += try Disk.names(in: "\(layout.root)/\(folder)").map { "\(folder)/\($0)" }
    }
    for product in try Disk.names(in: layout.adapters) {
      let file = "adapters/\(product)/installed.json"
      if Disk.exists("\(layout.root)/\(file)") { files.append(file) }
    }
    return files.compactMap(ConfigurationObject.object(ofFile:))
  }

  private func replace(
    _ change: Difference, _ old: Replica?, _ new: Replica
  ) throws(WorkspaceError) {
    if change.after != nil { try Disk.makeFolders(Disk.parent(of: change.path)) }
    let told = AuditChange(
      setting: "snapshot.sequence", old: old.map { "\($0.sequence)" } ?? "", new: "\(new.sequence)")
    try AuditedRequest(audit, .replicaDocumentReplaced, change.object, actor).replace(
      change.path, before: change.before, after: change.after, [told])
  }

  // MARK: - Other files

  private func write(_ contents: ReplicaContents) throws(WorkspaceError) {
    for (file, bytes) in contents.files.sorted(by: { $0.key < $1.key })
    where !isInPlace(file, bytes) {
      let path = "\(layout.root)/\(file)"
      try Disk.makeFolders(Disk.parent(of: path))
      try Disk.replace(
        path, with: bytes,
        mode: contents.libraries.contains(file) ? Disk.folderMode : Disk.fileMode)
    }
    // One of an earlier package must not stay beside another manifest.
    for library in contents.libraries {
      let signature = "\(Disk.parent(of: library))/adapter.json.sig"
      if contents.files[signature] == nil { try Disk.remove("\(layout.root)/\(signature)") }
    }
  }

  private func isInPlace(_ file: String, _ bytes: [UInt8]) -> Bool {
    (try? Disk.read("\(layout.root)/\(file)", limit: bytes.count)) == bytes
  }

  /// What no document refers to any more; a failure harms nobody.
  private func removeUnused(_ contents: ReplicaContents) {
    for product in (try? Disk.names(in: layout.adapters)) ?? []
    where contents.documents[ConfigurationObject.adapter(product)] == nil {
      Disk.removeTree("\(layout.adapters)/\(product)")
    }
    for id in (try? Disk.names(in: layout.secrets)) ?? [] {
      for file in (try? Disk.names(in: "\(layout.secrets)/\(id)")) ?? []
      where contents.files["secrets/\(id)/\(file)"] == nil {
        try? Disk.remove("\(layout.secrets)/\(id)/\(file)")
      }
    }
  }
}
