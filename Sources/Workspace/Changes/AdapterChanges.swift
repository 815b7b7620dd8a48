internal import AuditLog
internal import Cryptography
internal import Eligibility

// MARK: - Installed adapters

extension Workspace {
  /// The longest library that is installed: 256 MiB.
  package static let maximumLibrarySize = 256 * 1024 * 1024

  /// Copies an adapter's library and manifest into the workspace and makes this version the active one.
  ///
  /// The files of a version before stay until the adapter is removed.
  /// - Throws: `refused` when its product is not on the workspace's list, `badPackage` when the library is not the
  ///   one that was inspected.
  @discardableResult
  package func install(
    _ package: AdapterPackage, as actor: String? = nil
  ) throws(WorkspaceError) -> InstalledAdapter {
    guard ProductID.isValid(package.product) else {
      throw .eligibility(.badProductID(String(package.product.prefix(128))))
    }
    try change(
      .adapterInstalled, ConfigurationObject.adapter(package.product), as: actor,
      of: InstalledAdapter.self, replacing: true
    ) { (present) throws(WorkspaceError) in
      try require(
        products.decideNew(product: package.product, on: .today),
        for: ConfigurationObject.adapter(package.product))
      try require(
        decidePins(package.product, sha256: package.sha256, keyID: package.keyID),
        for: ConfigurationObject.adapter(package.product))
      try requireSignature(of: package)
      try requireNoRollback(package, from: present)
      try requireApproval(package, from: present)
      let bytes = try checkedLibrary(of: package)
      let new = InstalledAdapter(package, size: bytes.count, at: Timestamp.now)
      return Change(
        document: new,
        changes: AuditedValues.difference(present?.audited ?? [], new.audited),
        prepare: { () throws(WorkspaceError) in try self.copy(package, library: bytes) })
    }
    return try adapter(package.product)
  }

  /// Removes an adapter that no destination uses, every version of it.
  package func removeAdapter(
    _ product: String, as actor: String? = nil
  ) throws(WorkspaceError) {
    guard ProductID.isValid(product) else { throw .adapterNotInstalled(product) }
    let versions = "\(layout.adapters)/\(product)"
    try requireUnused(product)
    try keepRelease(of: adapter(product), as: actor)
    try change(
      .adapterRemoved, ConfigurationObject.adapter(product), as: actor, of: InstalledAdapter.self
    ) { (present) throws(WorkspaceError) in
      guard let present else { throw .adapterNotInstalled(product) }
      try requireUnused(product)
      return Change(
        document: nil, changes: AuditedValues.difference(present.audited, []),
        cleanUp: { Disk.removeTree(versions) })
    }
  }

  /// The folder with its manifest, signature and library.
  package func folder(of adapter: InstalledAdapter) -> String {
    layout.adapter(adapter.product, adapter.version)
  }

  /// Where its library stands; load it only as the digest of the document says.
  package func libraryPath(of adapter: InstalledAdapter) -> String {
    "\(layout.adapter(adapter.product, adapter.version))/\(adapter.library)"
  }

  /// The bytes of its `adapter.json`; throws `changedWithoutAudit` when they are not the installed ones.
  package func manifest(of adapter: InstalledAdapter) throws(WorkspaceError) -> [UInt8] {
    let path = "\(layout.adapter(adapter.product, adapter.version))/adapter.json"
    let bytes = try Disk.read(path, limit: DocumentCoding.maximumSize)
    guard SHA256.hash(bytes) == adapter.manifestSHA256 else {
      throw .adapterChanged(product: adapter.product, path: path)
    }
    return bytes
  }

  /// Throws `adapterChanged` when the library on the disk is not the installed one.
  package func verify(_ adapter: InstalledAdapter) throws(WorkspaceError) {
    _ = try manifest(of: adapter)
    let path = libraryPath(of: adapter)
    let bytes = try Disk.read(path, limit: Self.maximumLibrarySize)
    guard SHA256.hash(bytes) == adapter.sha256 else {
      throw .adapterChanged(product: adapter.product, path: path)
    }
  }

  private func requireUnused(_ product: String) throws(WorkspaceError) {
    guard let user = destinations().first(where: { $0.adapter == product }) else { return }
    throw .adapterInUse(product: product, destination: user.id)
  }

  private func checkedLibrary(of package: AdapterPackage) throws(WorkspaceError) -> [UInt8] {
    func bad(_ reason: String) -> WorkspaceError {
      .badPackage(product: package.product, reason: reason)
    }
    guard Names.isVersion(package.version) else { throw bad("its version is no folder's name") }
    guard Names.isFileName(package.library), package.library != "adapter.json" else {
      throw bad("its library has no plain file name")
    }
    let bytes = try Disk.read(package.libraryPath, limit: Self.maximumLibrarySize, links: true)
    guard SHA256.hash(bytes) == package.sha256 else {
      throw bad("its library changed after it was inspected")
    }
    return bytes
  }

  private func copy(
    _ package: AdapterPackage, library: [UInt8]
  ) throws(WorkspaceError) {
    try Disk.makeFolder("\(layout.adapters)/\(package.product)", existing: true)
    let folder = layout.adapter(package.product, package.version)
    try Disk.makeFolder(folder, existing: true)
    try Disk.replace("\(folder)/\(package.library)", with: library, mode: 0o700)
    try Disk.replace("\(folder)/adapter.json", with: package.manifest)
    // One of an earlier installation of this version must not stay beside another manifest.
    let signature = "\(folder)/adapter.json.sig"
    if let text = package.signature {
      try Disk.replace(signature, with: text)
    } else if Disk.exists(signature) {
      try Disk.remove(signature)
    }
  }
}

extension InstalledAdapter {
  fileprivate init(_ package: AdapterPackage, size: Int, at time: String) {
    self.init(
      product: package.product, version: package.version, displayName: package.displayName,
      library: package.library, sha256: package.sha256, size: size,
      manifestSHA256: SHA256.hash(package.manifest), installedAt: time, keyID: package.keyID,
      release: package.release, permissions: package.permissions)
  }

  fileprivate var audited: [(String, String)] {
    [
      ("version", version), ("library", library), ("sha256", sha256.hex),
      ("manifest_sha256", manifestSHA256.hex), ("size", String(size)),
      ("key_id", keyID ?? ""), ("release", release.map(String.init) ?? ""),
      ("permissions", permissions.joined(separator: "; ")),
    ]
  }
}
