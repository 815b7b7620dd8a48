import AuditLog
import Cryptography
import Eligibility
import FieldEncryption
import Foundation
import Workspace

/// A workspace in a folder of one test's own, removed with it.
final class TestWorkspace {
  static let product = "org.sealpost.ndjson-file"

  let folder: String
  let workspace: Workspace

  var path: String { workspace.layout.root }

  /// An eligible workspace, unless `plan` says otherwise.
  init(plan: Plan = .business, signed: Bool = true) throws {
    folder = try makeFolder()
    workspace = try Workspace.create(
      at: folder + "/w", name: "Clinic", plan: plan, addon: false, owner: "ana@clinic.example")
    if signed { try workspace.sign(.test) }
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// With the adapter of ``product`` installed.
  static func withAdapter() throws -> TestWorkspace {
    let test = try TestWorkspace()
    try test.workspace.install(try test.package())
    return test
  }

  /// With a destination `files` that is not enabled.
  static func withDestination() throws -> TestWorkspace {
    let test = try withAdapter()
    try test.workspace.addDestination(
      "files", adapter: product, settings: ["path": .string("/var/out.ndjson")])
    return test
  }

  /// A package whose library is these bytes.
  func package(
    _ product: String = TestWorkspace.product, version: String = "1.0.0",
    library: String = "not really a library"
  ) throws -> AdapterPackage {
    let source = folder + "/libTest.so"
    try Data(library.utf8).write(to: URL(fileURLWithPath: source))
    var package = AdapterPackage(
      product: product, version: version, displayName: "Test", library: "libTest.so",
      sha256: SHA256.hash(Array(library.utf8)), manifest: Array(#"{"format":1}"#.utf8),
      libraryPath: source)
    // Whoever makes a package has verified the signature: here nobody.
    package.keyID = String(repeating: "a", count: 64)
    return package
  }

  /// The bytes of a file below the workspace's folder, as text.
  func text(_ file: String) throws -> String {
    try String(contentsOfFile: path + "/" + file, encoding: .utf8)
  }

  /// Writes a file below the workspace's folder behind its back.
  func write(_ file: String, _ bytes: some Sequence<UInt8>) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + file))
  }

  func edit(_ file: String, _ old: String, _ new: String) throws {
    try write(file, try text(file).replacingOccurrences(of: old, with: new).utf8)
  }

  /// The records of an object, the oldest first.
  func records(of object: String) throws -> [AuditRecord] {
    try workspace.audit.records(matching: AuditQuery(object: object))
  }

  func reopened() throws -> Workspace { try Workspace.open(at: path) }
}

extension BusinessAssociateAgreement {
  static let test = BusinessAssociateAgreement(
    document: SHA256.hash(Array("agreement".utf8)), signedBy: "Ana",
    on: .day("2026-01-01"))
}

extension CalendarDate {
  static func day(_ text: String) -> CalendarDate {
    guard let date = CalendarDate(text) else { fatalError("not a date: \(text)") }
    return date
  }
}

/// A new folder with mode 0700.
func makeFolder() throws -> String {
  let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
  try FileManager.default.createDirectory(
    at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  return url.path
}

/// The text of the error that the body throws; a text that says so when it throws none.
func errorText(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch {
    return "\(error)"
  }
}
