import AdapterLoading
import AuditLog
import Cryptography
import DestinationHost
import Eligibility
import FieldEncryption
import Foundation
import Privacy
import Synchronization
import Testing
import Workbench
import Workspace

/// A workspace of its own, with the adapters of the build, and runs of the host on it.
final class TestHost {
  let folder: String
  let workspace: Workspace
  let reports = Reports()
  /// Short deadlines, for an adapter that hangs.
  var isImpatient = false
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Made once: a key takes long.
  static let key: RSAPrivateKey? = try? RSAPrivateKey.generate(bits: 2048)

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    workspace = try Workspace.create(
      at: folder + "/workspace", name: "Test", plan: .business, addon: false,
      owner: "owner@example.com")
    try workspace.sign(
      BusinessAssociateAgreement(
        document: SHA256.hash([1]), signedBy: "Owner", on: .today))
    try workspace.setAdapterSignatures(.optional)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// Installs an adapter of the build, or another library with its manifest; those of the tests are allowed first.
  func install(
    _ name: String, manifest: String, library: String? = nil,
    _ edit: (String) -> String = { $0 }
  ) throws {
    let path = library ?? Built.library(name)
    let text = try String(
      contentsOf: TestHost.root.appendingPathComponent(manifest), encoding: .utf8)
    let json = Array(edit(text).utf8)
    let read = try AdapterManifest(json: json, path: manifest)
    if read.product.hasPrefix("org.sealpost.test.") {
      try workspace.allow(
        product: read.product, evidence: ProductEvidence(statement: "a test", signedOn: .today))
    }
    var package = AdapterPackage(
      product: read.product, version: read.version, displayName: read.displayName,
      library: read.library, sha256: try SealedLibrary(path: path).sha256, manifest: json,
      libraryPath: path)
    package.permissions = read.permissions.lines
    package.isApproved = true
    try workspace.install(package)
  }

  /// Adds and enables a file destination; gives the path it writes to.
  @discardableResult
  func addFile(_ id: String, fields: [String] = [], format: EncryptionFormat = .auto) throws
    -> String
  {
    if workspace.adapters().allSatisfy({ $0.product != "org.sealpost.ndjson-file" }) {
      try install(
        "NDJSONFileDestination", manifest: "Plugins/NDJSONFileDestination/adapter.json")
    }
    let path = "\(folder)/\(id).ndjson"
    try workspace.addDestination(
      id, adapter: "org.sealpost.ndjson-file",
      settings: ["path": .string(path), "fsync": .bool(false)])
    if !fields.isEmpty {
      try workspace.enableEncryption(
        of: id, fields: fields, format: format,
        key: TestHost.key.map { NewKey($0.publicKey, .imported, proof: .skipped) })
    }
    try workspace.enableDestination(id)
    return path
  }

  func addMisbehaving(
    _ id: String, _ settings: [String: String] = [:], library: String? = nil,
    manifest edit: (String) -> String = { $0 }
  ) throws {
    try install(
      "MisbehavingAdapter", manifest: "Tests/Fixtures/MisbehavingAdapter/adapter.json",
      library: library, edit)
    try workspace.addDestination(
      id, adapter: "org.sealpost.test.misbehaving",
      settings: settings.mapValues { .string($0) })
    try workspace.enableDestination(id)
  }

  func addHostile(_ id: String, attack: String, target: String) throws {
    try install("HostileAdapter", manifest: "Tests/Fixtures/HostileAdapter/adapter.json")
    try workspace.addDestination(
      id, adapter: "org.sealpost.test.hostile",
      settings: ["attack": .string(attack), "target": .string(target)])
    try workspace.enableDestination(id)
  }

  func addCounting(_ id: String) throws -> String {
    try install("CountingAdapter", manifest: "Tests/Fixtures/CountingAdapter/adapter.json")
    let path = "\(folder)/\(id).counts"
    try workspace.addDestination(
      id, adapter: "org.sealpost.test.counting", settings: ["path": .string(path)])
    try workspace.enableDestination(id)
    return path
  }

  /// The misbehaving adapter, compiled with these flags.
  func compileMisbehaving(_ flags: [String]) throws -> String {
    let library = folder + "/libMisbehavingAdapter.so"
    let process = Process()
    process.executableURL = URL(fileURLWithPath: TestHost.compiler)
    process.currentDirectoryURL = TestHost.root
    process.arguments =
      [
        "-std=gnu11", "-shared", "-fPIC", "-I", "Sources/CDestinationAdapter/include",
        "Tests/Fixtures/MisbehavingAdapter/MisbehavingAdapter.c", "-o", library,
      ] + flags
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
    return library
  }

  static let compiler = "/usr/bin/gcc"
  static let hasCompiler = FileManager.default.isExecutableFile(atPath: compiler)

  /// The records about a destination's worker.
  func records(_ type: AuditEventType, of id: String) throws -> [AuditRecord] {
    try workspace.audit.records(matching: AuditQuery(type: type, object: "worker/\(id)"))
  }

  /// Runs the host on these lines.
  func run(
    _ text: String, patience: Duration = .seconds(20), threads: Int = 2,
    stop: @escaping @Sendable () -> Bool = { false },
    change: (inout HostRun) -> Void = { _ in }
  ) throws -> RunSummary {
    let file = folder + "/input.ndjson"
    try text.write(toFile: file, atomically: false, encoding: .utf8)
    let input = unsafe open(file, O_RDONLY)
    defer { close(input) }
    return try run(input, patience: patience, threads: threads, stop: stop, change: change)
  }

  func run(
    _ input: Int32, patience: Duration = .seconds(20), threads: Int = 2,
    stop: @escaping @Sendable () -> Bool = { false },
    change: (inout HostRun) -> Void = { _ in }
  ) throws -> RunSummary {
    var run = HostRun(input: input, shouldStop: stop, report: reports.add)
    run.patience = patience
    run.firstRetryDelay = .milliseconds(5)
    run.linger = .seconds(10)
    // Tests send the same events to one workspace again; those about duplicates turn it on.
    run.dropsDuplicates = false
    run.stopDeadline = .seconds(5)
    run.threads = threads
    if isImpatient {
      run.deliverDeadline = .milliseconds(300)
      run.startDeadline = .seconds(1)
      run.grace = .milliseconds(100)
    }
    run.executablePath = Built.sealpost
    change(&run)
    return try DestinationHost.run(run, on: workspace)
  }

  func lines(_ path: String) throws -> [String] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
  }

  func deadLetters(_ id: String) throws -> [DeadLetter] {
    var letters: [DeadLetter] = []
    try workspace.deadLetters(of: id).forEach { letters.append($0) }
    return letters
  }

  static func event(_ number: Int, _ more: String = "") -> String {
    #"{"type":"track","event":"Visited","userId":"u\#(number % 7)","messageId":"m-\#(number)","#
      + #""properties":{"email":"p\#(number)@example.com","price":120.50,"n":\#(number)\#(more)}}"#
  }

  static func events(_ count: Int) -> String {
    (0..<count).map { event($0) + "\n" }.joined()
  }
}

extension RunSummary {
  /// What became of the events of a destination that took part.
  func counts(of id: String) throws -> DeliveryCounts {
    try #require(destinations.first { $0.id == id }).counts
  }
}

/// What a run told.
final class Reports: Sendable {
  private let reports = Mutex<[HostReport]>([])

  @Sendable func add(_ report: HostReport) { reports.withLock { $0.append(report) } }

  var all: [HostReport] { reports.withLock { $0 } }

  var rejections: [Rejection] {
    all.compactMap { if case .rejected(let rejection) = $0 { rejection } else { nil } }
  }
}
