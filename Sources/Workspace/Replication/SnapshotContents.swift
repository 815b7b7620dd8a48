internal import Cryptography
internal import FieldEncryption

// What goes into a snapshot: documents, the packages of adapters, secrets as they are sealed.
extension Workspace {
  /// In the order of their paths' bytes; under the workspace's lock.
  func snapshotContents() throws(WorkspaceError) -> [(path: String, bytes: [UInt8])] {
    var files: [String: [UInt8]] = [:]
    for object in auditedObjects where ConfigurationObject.isReplicated(object) {
      guard let path = ConfigurationObject.file(of: object) else { continue }
      files[path] = try Disk.read("\(layout.root)/\(path)", limit: DocumentCoding.maximumSize)
    }
    let lists = try self.lists.document.get().carryingShippedList()
    if let path = ConfigurationObject.file(of: ConfigurationObject.productLists) {
      files[path] = try DocumentCoding.encode(lists)
    }
    for adapter in adapters() { try add(adapter, to: &files) }
    for destination in destinations() {
      for file in destination.secrets.values {
        let path = "secrets/\(destination.id)/\(file)"
        files[path] = try Disk.read("\(layout.root)/\(path)", limit: SecretVault.longestFile)
      }
    }
    return files.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      .map { ($0.key, $0.value) }
  }

  private func add(
    _ adapter: InstalledAdapter, to files: inout [String: [UInt8]]
  ) throws(WorkspaceError) {
    let folder = PackagePaths(adapter)
    files[folder.manifest] = try manifest(of: adapter)
    let library = try Disk.read(
      "\(layout.root)/\(folder.library)", limit: Self.maximumLibrarySize)
    guard SHA256.hash(library) == adapter.sha256 else {
      throw .adapterChanged(product: adapter.product, path: folder.library)
    }
    files[folder.library] = library
    let signature = "\(layout.root)/\(folder.signature)"
    guard Disk.exists(signature) else { return }
    files[folder.signature] = try Disk.read(signature, limit: DocumentCoding.maximumSize)
  }
}

/// The files of an installed adapter, below the workspace's folder.
struct PackagePaths {
  let manifest: String
  let library: String
  /// There need not be one.
  let signature: String

  init(_ adapter: InstalledAdapter) {
    let folder = "adapters/\(adapter.product)/\(adapter.version)"
    manifest = "\(folder)/adapter.json"
    library = "\(folder)/\(adapter.library)"
    signature = "\(folder)/adapter.json.sig"
  }
}

extension ConfigurationObject {
  /// Whether its document goes to replicas: all do but those that say what is one's own here.
  static func isReplicated(_ object: String) -> Bool {
    isDocument(object) && object != snapshots && object != replica
  }
}
