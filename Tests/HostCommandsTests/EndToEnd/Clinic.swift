import Foundation
import Workbench

/// A workspace made by the commands themselves, in a folder of its own.
struct Clinic {
  let sealpost: Sealpost
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static let owner = "owner@example.com"

  /// An eligible workspace in `workspace`, or one that lacks its agreement; its owner is logged in.
  init(signed: Bool = true) throws {
    sealpost = Sealpost(folder: try ClinicTemplate.shared.copy())
    guard signed else { return }
    try folder.write("baa.txt", "agreement")
    try done(
      "workspace", "sign-baa", "--document", "baa.txt", "--signed-by", "Owner", "--on", "2026-01-02"
    )
  }

  var folder: Scratch { sealpost.folder }

  /// Runs a command that must succeed.
  @discardableResult
  func done(_ words: String...) throws -> Sealpost.Outcome {
    let outcome = try sealpost(words)
    guard outcome.code == 0 else { throw Sealpost.Failure(outcome: outcome) }
    return outcome
  }

  /// Puts an adapter's package together as an integrator hands it over, signed; gives the folder's name.
  func package(_ library: String, manifest: String) throws -> String {
    let package = try unsignedPackage(library, manifest: manifest)
    try done("adapter", "sign", package, "--key", "release.key")
    return package
  }

  func unsignedPackage(_ library: String, manifest: String) throws -> String {
    let target = folder.file(library)
    try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: Self.root.appendingPathComponent(manifest).path, toPath: target + "/adapter.json")
    let file = "lib\(library).so"
    try FileManager.default.copyItem(
      at: Sealpost.products.appendingPathComponent(file),
      to: URL(fileURLWithPath: "\(target)/\(file)"))
    try setMode(0o755, of: "\(target)/\(file)")
    return library
  }

  /// Installs the file adapter and adds the destination `file`, which writes to `out.ndjson`.
  func addFile() throws {
    try done("adapter", "install", "--approve", filePackage())
    try done(
      "destination", "add", "file", "--adapter", Self.fileProduct, "--set",
      "path=\(folder.file("out.ndjson"))")
  }

  static let events = (0..<30).map { number in
    #"{"type":"identify","userId":"u\#(number)","messageId":"m\#(number)","#
      + #""traits":{"email":"canary\#(number)@example.com","balance":120.50}}"# + "\n"
  }.joined()
}
