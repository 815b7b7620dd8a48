package import Cryptography
internal import EventMapping
internal import Foundation

/// Makes a package ready for its users: fills in the facts of its library, and signs.
package enum PackageSigning {
  /// What was signed.
  package struct Signed: Sendable {
    package let folder: AdapterFolder
    /// Keys of the manifest that this signing wrote, sorted.
    package let written: [String]
  }

  /// Writes `target`, `sha256` and `size` of the library into `adapter.json`, and the signature beside it.
  ///
  /// - Parameters:
  ///   - release: takes the place of the manifest's; 1 when neither is there.
  ///   - notAfter: `YYYY-MM-DD`; likewise, and none when neither is there.
  /// - Throws: `LoadError` when the package is not one, or a file cannot be written; the manifest is replaced whole or
  ///   not at all, and a signature that no longer fits never stays valid.
  package static func sign(
    folder path: String, with key: Ed25519.SigningKey, release: Int? = nil, notAfter: String? = nil
  ) throws(LoadError) -> Signed {
    let old = try AdapterFolder(folder: path, readsSignature: false)
    let library = try SealedLibrary(path: old.libraryPath)
    try library.check(.standard, path: old.libraryPath)
    var facts: [String: JSONDocument] = [
      "target": .text(AdapterManifest.targetHere), "sha256": .text(library.sha256.hex),
      "size": .number(Double(library.size)),
      "release": .number(Double(release ?? old.manifest.release ?? 1)),
    ]
    if let notAfter { facts["not_after"] = .text(notAfter) }
    let (bytes, written) = try merged(facts, into: old.manifestBytes, path)
    _ = try AdapterManifest(json: bytes, path: path + "/adapter.json")
    let signature: AdapterSignature
    do throws(CryptographyError) {
      signature = try AdapterSignature(of: bytes, by: key)
    } catch {
      throw .package(product: old.manifest.product, reason: "it cannot be signed: \(error)")
    }
    if !written.isEmpty { try replace(path + "/adapter.json", Data(bytes)) }
    try replace("\(path)/\(AdapterSignature.fileName)", Data(signature.text.utf8))
    return Signed(folder: try AdapterFolder(folder: path), written: written)
  }

  /// The document with these facts; the very same bytes when it has them all.
  private static func merged(
    _ facts: [String: JSONDocument], into bytes: [UInt8], _ path: String
  ) throws(LoadError) -> ([UInt8], [String]) {
    guard case .object(var document)? = JSONDocument(text: String(decoding: bytes, as: UTF8.self))
    else { throw .manifest(path: path + "/adapter.json", complaints: ["it is not an object"]) }
    let written = facts.keys.filter { document[$0] != facts[$0] }.sorted()
    guard !written.isEmpty else { return (bytes, []) }
    for name in written { document[name] = facts[name] }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(JSONDocument.object(document)) else {
      throw .manifest(path: path + "/adapter.json", complaints: ["it cannot be written"])
    }
    // A mapping stays as its author wrote it: operators read it.
    let signed = MappingSetting.manifest(Array(data), keepingTextOf: bytes)
    return (signed + [UInt8(ascii: "\n")], written)
  }

  private static func replace(_ path: String, _ data: Data) throws(LoadError) {
    do {
      try data.write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw .cannotWrite(path: path)
    }
  }
}
