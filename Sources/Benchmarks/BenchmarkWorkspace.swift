import AdapterLoading
import Cryptography
import Eligibility
import FieldEncryption
import Foundation
import Workspace

/// A workspace with one destination, the adapter that counts, and so many encrypted fields.
final class BenchmarkWorkspace {
  let folder: String
  let workspace: Workspace
  let key: RSAPublicKey

  /// The fields of the sample events, most frequent first.
  private static let fields = ["email", "phone", "name"]

  init(fields count: Int) throws {
    folder =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("sealpost-benchmark-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    workspace = try Workspace.create(
      at: folder + "/workspace", name: "Benchmark", plan: .business, addon: false,
      owner: "owner@example.com")
    key = try RSAPrivateKey.generate(bits: 2048).publicKey
    try fill(count)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func fill(_ count: Int) throws {
    let digest = SHA256.hash(Array("agreement".utf8))
    try workspace.sign(
      BusinessAssociateAgreement(document: digest, signedBy: "Owner", on: .today))
    try workspace.allow(
      product: BuiltAdapter.counting.product,
      evidence: ProductEvidence(statement: "counts and forgets", signedOn: .today))
    try workspace.setAdapterSignatures(.optional)
    let path = try BuiltAdapter.counting.path()
    try workspace.install(
      AdapterPackage(
        product: BuiltAdapter.counting.product, version: "1.0.0", displayName: "Counting (test)",
        library: "libCountingAdapter.so", sha256: try SealedLibrary(path: path).sha256,
        manifest: BuiltAdapter.counting.manifestJSON, libraryPath: path))
    try workspace.addDestination(
      "count", adapter: BuiltAdapter.counting.product,
      settings: ["path": .string(folder + "/counts")])
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
