internal import AuditLog
internal import Cryptography
internal import WorkspaceSnapshot

/// What a snapshot holds, found to be a whole configuration: every document sound, every file that one names there.
struct ReplicaContents {
  /// Bytes by the objects that they are the documents of.
  private(set) var documents: [String: [UInt8]] = [:]
  /// The other files by their paths below the workspace's folder.
  private(set) var files: [String: [UInt8]]
  /// Which of them are loaded as libraries.
  private(set) var libraries: Set<String> = []
  /// The highest sequences of the lists of products, by key.
  private(set) var lists: [String: Int] = [:]
  let auditRecords: Int

  /// Throws `SnapshotError`: what opening the contents does, or `unfit`.
  init(_ snapshot: Snapshot, openedWith root: borrowing SecretBytes) throws(SnapshotError) {
    files = try snapshot.files(openedWith: root)
    guard
      let checkpoint = try? Checkpoint(Array(snapshot.index.checkpoint.utf8), path: "checkpoint"),
      let records = Int(exactly: checkpoint.size)
    else { throw .unfit("its checkpoint of the origin's audit log is none") }
    guard Timestamp.seconds(snapshot.index.takenAt) != nil else {
      throw .unfit("the time at which it was taken is none")
    }
    auditRecords = records
    for path in files.keys.sorted() {
      guard let object = ConfigurationObject.object(ofFile: path) else { continue }
      guard ConfigurationObject.isReplicated(object) else {
        throw .unfit("\(path) is not replicated")
      }
      documents[object] = files.removeValue(forKey: path)
    }
    do throws(WorkspaceError) {
      try checkDocuments(snapshot.index.workspaceID)
    } catch {
      guard case .snapshot(_, let refusal) = error else { throw .unfit(error.description) }
      throw refusal
    }
  }

  private mutating func checkDocuments(_ workspaceID: String) throws(WorkspaceError) {
    for (object, bytes) in documents.sorted(by: { $0.key < $1.key }) {
      let path = ConfigurationObject.file(of: object) ?? object
      guard bytes.count <= DocumentCoding.maximumSize else {
        throw .documentTooLarge(path: path, maximum: DocumentCoding.maximumSize)
      }
      try ConfigurationObject.check(bytes, of: object, at: path)
    }
    let settings: WorkspaceSettings = try required(ConfigurationObject.workspace)
    guard settings.id == workspaceID else {
      throw unfit("its documents are of another workspace than its index")
    }
    for object in [ConfigurationObject.privacy, ConfigurationObject.products]
    where documents[object] == nil { throw unfit("\(object) is missing") }
    let lists: ImportedLists = try required(ConfigurationObject.productLists)
    self.lists = lists.highest
    try checkFiles()
  }

  /// Every file that a document names, and no other.
  private mutating func checkFiles() throws(WorkspaceError) {
    var named: Set<String> = []
    for object in documents.keys.sorted() where object.hasPrefix("destination/") {
      let destination: Destination = try required(object)
      for file in destination.secrets.values {
        guard Names.isFileName(file) else {
          throw unfit("a secret of \(object) has no file's name")
        }
        named.insert("secrets/\(destination.id)/\(file)")
      }
    }
    for object in documents.keys.sorted() where object.hasPrefix("adapter/") {
      try checkPackage(of: required(object), &named)
    }
    if let missing = named.subtracting(files.keys).min() { throw unfit("\(missing) is missing") }
    if let other = Set(files.keys).subtracting(named).min() {
      throw unfit("\(other) is a file that nothing in it needs")
    }
  }

  private mutating func checkPackage(
    of adapter: InstalledAdapter, _ named: inout Set<String>
  ) throws(WorkspaceError) {
    guard Names.isVersion(adapter.version), Names.isFileName(adapter.library) else {
      throw unfit("the package of \(adapter.product) has names it cannot have")
    }
    let paths = PackagePaths(adapter)
    guard files[paths.manifest].map(SHA256.hash) == adapter.manifestSHA256,
      files[paths.library].map(SHA256.hash) == adapter.sha256
    else { throw unfit("the package of \(adapter.product) is not the installed one") }
    named.formUnion([paths.manifest, paths.library])
    libraries.insert(paths.library)
    if files[paths.signature] != nil { named.insert(paths.signature) }
  }

  private func required<D: Document>(_ object: String) throws(WorkspaceError) -> D {
    guard let bytes = documents[object] else { throw unfit("\(object) is missing") }
    return try DocumentCoding.decode(D.self, from: bytes, path: object)
  }

  private func unfit(_ reason: String) -> WorkspaceError {
    .snapshot(path: "", .unfit("\(reason). Take it again at the origin."))
  }
}
