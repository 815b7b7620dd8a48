import AdapterLoading
import Cryptography
import Eligibility
import FieldEncryption
import Foundation
import Workspace

/// A workspace with one destination, by default the adapter that counts, and so many encrypted fields.
final class BenchmarkWorkspace {
  let folder: String
  let workspace: Workspace
  let key: RSAPublicKey

  /// The fields of the sample events, most frequent first.
  private static let fields = ["email", "phone", "name"]

  convenience init(fields count: Int) throws {
    try self.init(.counting, fields: count) { ["path": .string($0 + "/counts")] }
  }

  convenience init(_ adapter: BuiltAdapter, settings: [String: SettingValue]) throws {
    try self.init(adapter, fields: 0) { _ in settings }
  }

  private init(
    _ adapter: BuiltAdapter, fields count: Int, settings: (String) -> [String: SettingValue]
  ) throws {
    folder =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("sealpost-benchmark-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    workspace = try Workspace.create(
      at: folder + "/workspace", name: "Benchmark", plan: .business, addon: false,
      owner: "owner@example.com")
    key = try RSAPrivateKey.generate(bits: 2048).publicKey
    try fill(adapter, count, settings(folder))
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func fill(
    _ adapter: BuiltAdapter, _ count: Int, _ settings: [String: SettingValue]
  ) throws {
    let digest = SHA256.hash(Array("agreement".utf8))
    try workspace.sign(
      BusinessAssociateAgreement(document: digest, signedBy: "Owner", on: .today))
    try workspace.allow(
      product: adapter.product,
      evidence: ProductEvidence(statement: "counts and forgets", signedOn: .today))
    try workspace.setAdapterSignatures(.optional)
    let path = try adapter.path()
    try workspace.install(
      AdapterPackage(
        product: adapter.product, version: "1.0.0", displayName: adapter.displayName,
        library: "lib\(adapter.target).so", sha256: try SealedLibrary(path: path).sha256,
        manifest: adapter.manifestJSON, libraryPath: path))
    try workspace.addDestination("count", adapter: adapter.product, settings: settings)
    if count > 0 {
      try workspace.enableEncryption(
        of: "count", fields: Array(Self.fields.prefix(count)),
        key: NewKey(key, .imported, proof: .skipped))
    }
    try workspace.enableDestination("count")
  }

  /// What the adapter counted in its last run.
  func counted() throws -> Int {
    let text = try String(contentsOfFile: folder + "/counts", encoding: .utf8)
    return text.split(separator: " ").first.flatMap { Int($0) } ?? 0
  }
}
