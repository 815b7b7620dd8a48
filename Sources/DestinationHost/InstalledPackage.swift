package import AdapterLoading
internal import Cryptography
package import Workspace

/// An installed adapter's package, held against what the workspace asks for now: at every load, and by `adapter verify`.
package enum InstalledPackage {
  /// What a package of this workspace has to hold today; throws when its trusted keys cannot be relied on.
  package static func rules(of workspace: Workspace) throws -> PackageRules {
    let keys = try workspace.adapterTrust().keys.map {
      AdapterKey(name: $0.name, key: try $0.verifyingKey())
    }
    return PackageRules(
      keys: keys, requiresSignature: workspace.settings.requiresAdapterSignatures,
      today: String(Timestamp.now.prefix(10)))
  }

  /// A package's folder, held against the workspace's rules, ready to be installed; none of its code runs.
  ///
  /// Throws `LoadError` with what does not hold. Whether its permissions are approved is the caller's to say.
  package static func toInstall(
    _ path: String, into workspace: Workspace
  ) throws -> AdapterPackage {
    let folder = try AdapterFolder(folder: path)
    let library = try SealedLibrary(path: folder.libraryPath)
    try library.check(.standard, path: folder.libraryPath)
    try library.checkNote(against: folder.manifest, path: folder.libraryPath)
    let signer = try rules(of: workspace).check(
      folder, sha256: library.sha256, size: library.size)
    let manifest = folder.manifest
    var package = AdapterPackage(
      product: manifest.product, version: manifest.version, displayName: manifest.displayName,
      library: manifest.library, sha256: library.sha256, manifest: folder.manifestBytes,
      libraryPath: folder.libraryPath)
    package.signature = folder.signature.map { Array($0.text.utf8) }
    package.keyID = signer?.id
    package.release = manifest.release
    package.permissions = manifest.permissions.lines
    return package
  }

  /// Its manifest; throws `LoadError` or `WorkspaceError` with what does not hold any more.
  package static func checked(
    _ adapter: InstalledAdapter, in workspace: Workspace
  ) throws -> AdapterManifest {
    // First of all that these are the installed bytes; and what is read once more are the same.
    let installed = try workspace.manifest(of: adapter)
    let folder = try AdapterFolder(folder: workspace.folder(of: adapter))
    guard folder.manifestBytes == installed else {
      throw WorkspaceError.adapterChanged(
        product: adapter.product, path: workspace.folder(of: adapter) + "/adapter.json")
    }
    try rules(of: workspace).check(folder, sha256: adapter.sha256, size: adapter.size)
    return folder.manifest
  }
}
