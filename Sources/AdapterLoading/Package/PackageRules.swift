package import Cryptography

/// What an adapter's package is held against, at its installation and at every load.
///
/// The keys come from the workspace, never from the package. A signature alone is no permission: the product has to be
/// on the workspace's list besides, and the library's bytes have to be the installed ones.
package struct PackageRules: Sendable {
  package var keys: [AdapterKey]
  package var requiresSignature: Bool
  /// `YYYY-MM-DD`, UTC.
  package var today: String

  package init(keys: [AdapterKey], requiresSignature: Bool, today: String) {
    self.keys = keys
    self.requiresSignature = requiresSignature
    self.today = today
  }

  /// The key that signed it, nil for an unsigned one where that is allowed; throws `package` with what does not hold.
  ///
  /// - Parameters:
  ///   - sha256: of the library's bytes, as they are.
  ///   - size: of the library, in bytes.
  @discardableResult
  package func check(
    _ folder: AdapterFolder, sha256: SHA256Digest, size: Int
  ) throws(LoadError) -> AdapterKey? {
    let signer = try signer(of: folder)
    let manifest = folder.manifest
    if signer != nil { try requireFacts(of: manifest) }
    func refuse(_ reason: String) -> LoadError {
      .package(product: manifest.product, reason: reason)
    }
    if let target = manifest.target, target != AdapterManifest.targetHere {
      throw refuse(
        "it is built for \(target), this machine is \(AdapterManifest.targetHere). "
          + "Ask its author for that target.")
    }
    if let wanted = manifest.size, wanted != size {
      throw refuse(
        "its library has \(size) bytes, adapter.json says \(wanted). Get the whole package again.")
    }
    if let wanted = manifest.sha256, wanted != sha256.hex {
      throw refuse(
        "its library has the SHA-256 \(sha256.hex.prefix(16))…, adapter.json says \(wanted.prefix(16))…. "
          + "Get the whole package again.")
    }
    if let last = manifest.notAfter, today > last {
      throw refuse("it is not to be used after \(last). Get a newer release from its author.")
    }
    return signer
  }

  private func signer(of folder: AdapterFolder) throws(LoadError) -> AdapterKey? {
    let product = folder.manifest.product
    guard let signature = folder.signature else {
      guard requiresSignature else { return nil }
      throw .package(
        product: product,
        reason:
          "it has no signature, \(AdapterSignature.fileName), and this workspace requires one. "
          + "Get a signed package, or sign it yourself: sealpost adapter sign PATH --key F")
    }
    guard let key = keys.first(where: { $0.id == signature.keyID }) else {
      throw .package(
        product: product,
        reason:
          "it is signed with the key \(signature.keyID.prefix(16))…, which this workspace does not trust. "
          + "When you know whose it is: sealpost adapter trust add F")
    }
    guard (try? signature.isMade(by: key.key, over: folder.manifestBytes)) == true else {
      throw .package(
        product: product,
        reason: "its signature does not fit its adapter.json: one of them was changed. "
          + "Get the whole package again.")
    }
    return key
  }

  /// A signature is worth what it is over.
  private func requireFacts(of manifest: AdapterManifest) throws(LoadError) {
    let facts: [(String, Bool)] = [
      ("target", manifest.target == nil), ("sha256", manifest.sha256 == nil),
      ("size", manifest.size == nil), ("release", manifest.release == nil),
    ]
    for (name, isMissing) in facts where isMissing {
      throw .package(
        product: manifest.product,
        reason: "its signed adapter.json has no \"\(name)\". Its author has to sign it with: "
          + "sealpost adapter sign")
    }
  }
}
