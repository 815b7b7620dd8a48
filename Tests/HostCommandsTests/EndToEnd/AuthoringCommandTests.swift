import Foundation
import Testing
import Workbench

@testable import HostCommands

/// `adapter new`, `validate` and `try` as an author types them.
@Suite(.enabled(if: Sealpost.isBuilt, "sealpost was not built beside the tests"))
struct AuthoringCommandTests {
  private let sealpost: Sealpost
  private let folder: Scratch

  init() throws {
    folder = try Scratch()
    sealpost = Sealpost(folder: folder)
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let files = FileManager.default
    try files.createDirectory(atPath: folder.file("bad"), withIntermediateDirectories: true)
    try files.copyItem(
      atPath: root.appendingPathComponent("Tests/Fixtures/MisbehavingAdapter/adapter.json").path,
      toPath: folder.file("bad/adapter.json"))
    try files.copyItem(
      atPath: Sealpost.products.appendingPathComponent("libMisbehavingAdapter.so").path,
      toPath: folder.file("bad/libMisbehavingAdapter.so"))
    try folder.write("unset.json", #"{"behaviour":"unset-outcomes"}"#)
    try folder.write("none.json", "{}")
    try folder.write("events.ndjson", #"{"type":"track","messageId":"m-1","userId":"u"}"# + "\n")
  }

  @Test func `a failed test is told with what was expected, seen, and the mend`() throws {
    let outcome = try sealpost(
      "adapter", "validate", "bad", "--settings", "unset.json", "--test", "deliver.one", "--test",
      "static.file", "--only-failed", "--junit", "results.xml")
    #expect(outcome.code == 1)
    #expect(
      outcome.output == """
        fail     deliver.one
                 expected: An outcome for one event, and it is DELIVERED.
                 seen: deliver left an event with outcome 0.
                 mend: Write an outcome for each event: DELIVERED, RETRY, REJECTED, AUTH or DUPLICATE.

        """)
    #expect(
      outcome.errors.hasPrefix(
        "org.sealpost.test.misbehaving 1.0.0 does not keep the contract: 1 pass, 1 fail. Sandbox: ")
    )
    let junit = try folder.text("results.xml")
    #expect(junit.contains(#"tests="2" failures="1" errors="0" skipped="0""#))
  }

  @Test func `the same as one JSON document`() throws {
    let outcome = try sealpost(
      "adapter", "validate", "bad", "--settings", "none.json", "--test", "deliver.one", "--json")
    #expect(outcome.code == 0)
    let document =
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    let tests = try #require(document?["tests"] as? [[String: Any]])
    #expect(tests.map { $0["outcome"] as? String } == ["pass"])
    #expect((document?["counts"] as? [String: Int])?["pass"] == 1)
  }

  @Test func `the list names every group`() throws {
    let listed = try sealpost("adapter", "validate", "--list").output
    for group in [
      "static", "load", "abi", "descriptor", "lifecycle", "settings", "deliver", "remote", "time",
      "threads", "resources", "order",
    ] { #expect(listed.contains("\n\(group)."), "\(group)") }
  }

  @Test func `what cannot be validated is told with the mend`() throws {
    let unknown = try sealpost("adapter", "validate", "bad", "--test", "deliver.nothing")
    #expect(unknown.code == 2)
    #expect(
      unknown.errors
        == "error: no test has \"deliver.nothing\" in its name. See: sealpost adapter validate --list\n"
    )
    #expect(try sealpost("adapter", "validate").code == 2)
    #expect(try sealpost("adapter", "validate", "nowhere").code == 78)
    try folder.write("list.json", "[]")
    let settings = try sealpost("adapter", "validate", "bad", "--settings", "list.json")
    #expect(settings.code == 65)
    #expect(settings.errors.contains("--settings: it is not one JSON object."))
  }

  @Test func `a new adapter is made once`() throws {
    let made = try sealpost("adapter", "new", "crm-lines", "--language", "c", "--json")
    #expect(made.code == 0)
    #expect(made.output.contains("\"folder\": \"crm-lines\""))
    #expect(FileManager.default.isExecutableFile(atPath: folder.file("crm-lines/build.sh")))
    let again = try sealpost("adapter", "new", "crm-lines", "--language", "c")
    #expect(again.code == 73)
    #expect(
      again.errors
        == "error: adapter not made: crm-lines is there already. Name another folder: --output DIR\n"
    )
  }

  @Test(arguments: [[], ["--in-process"]])
  func `what became of each event is shown`(more: [String]) throws {
    let outcome = try sealpost(
      ["adapter", "try", "bad", "--settings", "none.json", "--events", "events.ndjson"] + more)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("m-1    DELIVERED"))
    #expect(outcome.errors.hasPrefix("1 event in 1 batch, 0 requests, "))
  }

  /// The syslog adapter's run with one event.
  private func trySyslog(_ words: String...) throws -> Sealpost.Outcome {
    let clinic = try Clinic()
    let package = try clinic.unsignedPackage(
      "SyslogDestination", manifest: "Plugins/SyslogDestination/adapter.json")
    try clinic.folder.write("settings.json", #"{"address":"logs.example.com:6514"}"#)
    try clinic.folder.write("events.ndjson", Clinic.events(1))
    return try clinic.sealpost(
      ["adapter", "try", package, "--settings", "settings.json", "--events", "events.ndjson"]
        + words)
  }

  @Test func `a trace shows what an adapter does with its connections`() throws {
    let traced = try trySyslog("--trace")
    #expect(traced.code == 0, "\(traced.errors)")
    let uses =
      #/\nconnect 1 logs\.example\.com:6514, TLS: connected, in \d+ ms\nwrite 1   \d+ bytes: done, in \d+ ms\n/#
    #expect(traced.output.contains(uses), "\(traced.output)")
    #expect(traced.output.hasSuffix(" ms\n"))
    #expect(traced.output.contains("[sealpost@32473 messageId="))
    #expect(traced.errors.contains("1 event in 1 batch, 1 write over 1 connection, "))
    let silent = try trySyslog()
    #expect(!silent.output.contains("connect 1") && !silent.output.contains("sealpost@32473"))
  }

  @Test func `a connection that is refused or breaks is traced with the reason`() throws {
    let refused = try trySyslog("--trace", "--peer", "refused")
    #expect(
      refused.output.contains(
        "\nconnect - logs.example.com:6514, TLS: refused: the operator has not approved this host."),
      "\(refused.output)")
    let broken = try trySyslog("--trace", "--peer", "reset")
    #expect(
      broken.output.contains(#/\nwrite 1   \d+ bytes: unavailable: the connection broke\./#),
      "\(broken.output)")
  }

  @Test func `in JSON the uses of connections stand beside the requests`() throws {
    let outcome = try trySyslog("--json")
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    #expect((report["requests"] as? [Any])?.isEmpty == true)
    let uses = try #require(report["connections"] as? [[String: Any]])
    #expect(uses.first?["call"] as? String == "open" && uses.first?["connection"] as? Int == 1)
    #expect(uses.first?["target"] as? String == "logs.example.com:6514, TLS")
    let write = try #require(uses.first { $0["call"] as? String == "write" })
    let bytes = try #require(write["bytes"] as? String)
    #expect(write["byte_count"] as? Int == bytes.utf8.count && bytes.contains("messageId"))
  }

  @Test func `an adapter that crashes is told with the call`() throws {
    try folder.write("crash.json", #"{"behaviour":"crash-on-deliver"}"#)
    let outcome = try sealpost(
      "adapter", "try", "bad", "--settings", "crash.json", "--events", "events.ndjson")
    #expect(outcome.code == 1)
    #expect(outcome.errors.contains("error: deliver: its process ended: signal 4"))
  }
}
