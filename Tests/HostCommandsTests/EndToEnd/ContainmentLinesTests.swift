import AdapterLoading
import Foundation
import Testing
import Workbench

@testable import HostCommands

/// What `destination show` says of an adapter that failed.
@Suite(.enabled(if: Sealpost.isBuilt, "sealpost was not built beside the tests"))
struct ContainmentLinesTests {
  private let clinic: Clinic

  init() throws { clinic = try Clinic() }

  private func show(_ behaviour: String, _ more: String...) throws -> String {
    try clinic.addMisbehaving("bad", ["behaviour=\(behaviour)"] + more)
    _ = try clinic.sealpost("run", "--from", "start", input: Clinic.events)
    // The columns' width is another test's.
    return try clinic.done("destination", "show", "bad").output.replacing(#/ {2,}/#, with: " ")
  }

  @Test(arguments: [
    (
      "crash-on-deliver",
      ["restarts ", "last failure ", "its process ended: signal", "quarantined: "]
    ),
    ("crash-on-stop", ["stop failed 1\n", "its process ended: signal"]),
    ("crash-on-flush", ["flush failed 1\n", "its process ended: signal"]),
    ("flood-log", ["log flood "]),
  ])
  func `each kind of failure has its line`(behaviour: String, lines: [String]) throws {
    let shown = try show(behaviour)
    #expect(shown.contains("sandbox full: Landlock ") || !Self.hasSandbox)
    for line in lines { #expect(shown.contains(line), "\(line) in \(shown)") }
  }

  @Test func `an event that is set aside has its line`() throws {
    #expect(try show("crash-on-id", "id=m7").contains("poison event 1\n"))
  }

  /// The kernel begins a worker's figure with its host's: only a host that is smaller than the limit can tell.
  @Test(.enabled(if: hasSandbox, "there is no sandbox on this kernel"))
  func `an adapter that grows until it fails is told with its memory`() throws {
    let package = try clinic.package(
      "HostileAdapter", manifest: "Tests/Fixtures/HostileAdapter/adapter.json")
    try clinic.folder.write("evidence.txt", "a test")
    try clinic.done("products", "allow", "org.sealpost.test.hostile", "--evidence", "evidence.txt")
    try clinic.done("adapter", "install", package, "--approve")
    try clinic.done("workspace", "set", "worker_memory_mb", "384")
    try clinic.done(
      "destination", "add", "hostile", "--adapter", "org.sealpost.test.hostile", "--set",
      "attack=memory-crash", "--set", "target=")
    try clinic.done("destination", "enable", "hostile")
    let run = try clinic.sealpost("run", "--from", "start", input: Clinic.events)
    #expect(run.code == 75 || run.code == 69)
    let log = try clinic.done(
      "audit", "log", "--type", "destination adapter restarted", "--json"
    ).output
    let records = try #require(
      try JSONSerialization.jsonObject(with: Data(log.utf8)) as? [[String: Any]])
    let reasons = records.compactMap { $0["changes"] as? [[String: Any]] }
      .compactMap { $0.first?["new"] as? String }
    #expect(!reasons.isEmpty)
    for reason in reasons { #expect(reason.hasSuffix("the limit is 384 MiB"), "\(reason)") }
  }

  private static let hasSandbox = KernelSupport.here.landlock > 0 && KernelSupport.here.seccomp
}
