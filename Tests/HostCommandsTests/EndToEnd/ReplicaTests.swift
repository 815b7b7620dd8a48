import Foundation
import Testing
import Workbench

/// Hosts that run an origin's snapshots, as an operator runs them.
@Suite(.enabled(if: Sealpost.isBuilt, "sealpost was not built beside the tests"))
struct ReplicaTests {
  private static func events(_ numbers: Range<Int>) -> String {
    numbers.map { ReplicaOrigin.event($0) + "\n" }.joined()
  }

  @Test func `a replica encrypts as its origin does, names the snapshot, and is not configured`()
    throws
  {
    let origin = try ReplicaOrigin()
    try origin.replica("r1")
    try origin.clinic.folder.write("events.ndjson", Self.events(0..<20))
    let run = try origin.on(
      "r1", "run", "--replica", ReplicaOrigin.snapshot, "--input", "events.ndjson")
    #expect(run.code == 0, "\(run.errors)")
    #expect(origin.delivered.count == 20)
    #expect(try origin.opened(with: ["private.pem"]) == 20)
    let taken = try #require(
      try origin.clinic.sealpost.json("workspace", "snapshot", "--verify", ReplicaOrigin.snapshot)
        as? [String: Any])
    let sha256 = try #require(taken["sha256"] as? String)
    let started = try origin.records("r1").filter { $0.contains("\"Host Started\"") }
    #expect(started.count == 1 && started.allSatisfy { $0.contains(sha256) }, "\(started)")
    for words in [
      ["destination", "disable", "hook"], ["encryption", "fields", "remove", "hook", "phone"],
      ["source", "add", "web", "--output", "write.key"], ["queue", "pause", "hook"],
      ["workspace", "snapshot", "--output", "mine"],
    ] {
      let outcome = try origin.clinic.sealpost(
        words + ["--workspace", "r1", "--token-file", "service.token"])
      #expect(outcome.code == 77, "\(words): \(outcome.errors)")
      #expect(outcome.errors.contains("it is a replica of workspace ws_"), "\(outcome.errors)")
    }
    for words in [
      ["queue", "show", "hook"], ["dead-letter", "list", "hook"], ["status"],
      ["workspace", "show"],
      ["workspace", "verify"], ["audit", "verify"], ["audit", "checkpoint", "--output", "r1.note"],
    ] {
      let outcome = try origin.clinic.sealpost(
        words + ["--workspace", "r1", "--token-file", "service.token"])
      #expect(outcome.code == 0, "\(words): \(outcome.errors)")
    }
    // Its dead letters are its own; there are none.
    let redrive = try origin.on("r1", "dead-letter", "redrive", "hook", "--all")
    #expect(redrive.code == 1 && redrive.errors.contains("0 letters"), "\(redrive.errors)")
    #expect(try origin.hasSoundLog("r1"))
  }

  @Test
  func `what its origin revokes stops while it runs, and what is older or damaged changes nothing`()
    throws
  {
    let origin = try ReplicaOrigin()
    try origin.replica("r1")
    let folder = origin.clinic.folder
    let snapshot = folder.file(ReplicaOrigin.snapshot)
    let first = try Data(contentsOf: URL(fileURLWithPath: snapshot))
    let host = try origin.host("r1", "--metrics", "unix:\(folder.file("metrics.sock"))")
    try host.send(Self.events(0..<10))
    _ = try host.eventually { origin.delivered.count == 10 ? true : nil }
    try origin.clinic.done("products", "disallow", "org.sealpost.webhook")
    try origin.snapshot()
    let refused = try host.entry("destination_refused")
    #expect((refused["message"] as? String)?.contains("org.sealpost.webhook") == true)
    try host.send(Self.events(10..<20))

    // Put there by whoever would bring back what was revoked.
    try first.write(to: URL(fileURLWithPath: snapshot))
    let entry = try host.entry("snapshot_refused")
    #expect((entry["message"] as? String)?.contains("its sequence is 1, and 2 was taken") == true)
    let status = try origin.on("r1", "status")
    #expect(status.output.contains("snapshot 2, "), "\(status.output)")
    #expect(status.output.contains("another one is refused"), "\(status.output)")
    let document = try #require(
      try JSONSerialization.jsonObject(
        with: Data(try origin.on("r1", "status", "--json").output.utf8)) as? [String: Any])
    let replica = try #require(document["replica"] as? [String: Any])
    #expect(replica["sequence"] as? Int == 2 && replica["refusal"] is String)
    try first.dropLast(100).write(to: URL(fileURLWithPath: snapshot))
    let told = try host.eventually {
      host.errors.contains("it was changed or cut off. Get it again, whole.") ? true : nil
    }
    #expect(told == true, "\(host.errors)")
    if (try? Sealpost.run("curl", ["--version"]))?.code == 0 {
      let metrics = try Sealpost.run(
        "curl", ["-s", "--unix-socket", "metrics.sock", "http://host/metrics"], in: folder.path)
      #expect(metrics.output.contains("sealpost_snapshot_sequence 2"))
      #expect(metrics.output.contains("sealpost_snapshot_refused 1"))
      #expect(metrics.output.contains("sealpost_snapshot_refusals_total 2"))
    }
    _ = host.end()
    #expect(origin.delivered.count == 10)

    // After a restart, too, and with the words of a way on.
    try first.write(to: URL(fileURLWithPath: snapshot))
    let again = try origin.on(
      "r1", "run", "--replica", ReplicaOrigin.snapshot, "--input", "/dev/null")
    #expect(again.code == 78, "\(again.errors)")
    #expect(again.errors.contains("its sequence is 1, and 2 was taken here before"))

    // What waited goes out once the origin allows it again.
    try origin.clinic.allowHook()
    try origin.snapshot()
    let rest = try origin.on(
      "r1", "run", "--replica", ReplicaOrigin.snapshot, "--input", "/dev/null")
    #expect(rest.code == 0, "\(rest.errors)")
    #expect(Set(origin.delivered.map(\.number)) == Set(0..<20))
    let log = try origin.on("r1", "audit", "log", "--object", "replica").output
    #expect(log.components(separatedBy: "Replica Snapshot Refused").count == 4, "\(log)")
    #expect(try origin.hasSoundLog("r1"))
  }

  @Test
  func `a snapshot that is asked for again by a signal is looked at, and one that went is told`()
    throws
  {
    let origin = try ReplicaOrigin()
    try origin.replica("r1")
    let host = try origin.host("r1")
    try host.send(Self.events(0..<1))
    _ = try host.eventually { origin.delivered.count == 1 ? true : nil }
    host.signal(SIGHUP)
    _ = try host.entry("reconfigured")
    #expect(!host.errors.contains("snapshot_refused"))
    try FileManager.default.removeItem(atPath: origin.clinic.folder.file(ReplicaOrigin.snapshot))
    let entry = try host.entry("snapshot_refused")
    #expect((entry["message"] as? String)?.contains("No such file") == true)
    #expect(host.isRunning)
    #expect(host.end() == 0)
  }

  @Test func `whoever was let in by a token that the snapshot revokes is not`() throws {
    let origin = try ReplicaOrigin()
    try origin.replica("r1")
    let tokens = try #require(try origin.clinic.sealpost.json("token", "list") as? [[String: Any]])
    let id = try #require(tokens.first?["id"] as? String)
    try origin.clinic.done("token", "revoke", id)
    try origin.snapshot()
    let run = try origin.on(
      "r1", "run", "--replica", ReplicaOrigin.snapshot, "--input", "/dev/null")
    #expect(run.code == 77, "\(run.errors)")
  }

  @Test func `a replica is made with the fingerprint and the storage key, or not at all`() throws {
    let origin = try ReplicaOrigin()
    let key = "workspace/keys/storage.key"
    let wrong = String(repeating: "0", count: 64)
    for (words, code, text) in [
      (["--storage-key", key], 2, "option \"--fingerprint\""),
      (["--fingerprint", wrong], 2, "option \"--storage-key\""),
      (["--fingerprint", "abc", "--storage-key", key], 2, "it is not 64 hexadecimal digits"),
      (["--fingerprint", wrong, "--storage-key", key], 78, "it is signed with the key"),
    ] as [([String], Int32, String)] {
      let outcome = try origin.clinic.sealpost(
        ["workspace", "replicate", ReplicaOrigin.snapshot, "--workspace", "r9"] + words)
      #expect(outcome.code == code, "\(outcome.errors)")
      #expect(outcome.errors.contains(text), "\(outcome.errors)")
      #expect(!FileManager.default.fileExists(atPath: origin.clinic.folder.file("r9")))
    }
    try FileManager.default.createDirectory(
      atPath: origin.clinic.folder.file("empty"), withIntermediateDirectories: false)
    for (name, why) in [
      ("nowhere", "there is no such folder"), ("empty", "it holds no workspace.json"),
    ] {
      let none = try origin.on(name, "run", "--replica", ReplicaOrigin.snapshot)
      let mend = "sealpost workspace replicate \(ReplicaOrigin.snapshot) --workspace \(name)"
      #expect(none.code == 66 && none.errors.contains(why), "\(none.errors)")
      #expect(none.errors.contains(mend), "\(none.errors)")
    }
    let own = try origin.clinic.sealpost("run", "--replica", ReplicaOrigin.snapshot)
    #expect(own.code == 78 && own.errors.contains("it is no replica"), "\(own.errors)")
    let data = try Data(
      contentsOf: URL(fileURLWithPath: origin.clinic.folder.file(ReplicaOrigin.snapshot)))
    try data.dropLast(1).write(to: URL(fileURLWithPath: origin.clinic.folder.file("cut")))
    let verified = try origin.clinic.sealpost("workspace", "snapshot", "--verify", "cut")
    #expect(verified.code == 1 && verified.errors.contains("it is not as long as its index says"))
  }
}
