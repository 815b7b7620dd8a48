import Foundation
import Testing
import Workbench

@testable import HostCommands

/// Forwarding to a Segment-compatible API, and the mapping that says what is forwarded.
@Suite(
  .enabled(
    if: Sealpost.isBuilt && Sealpost.hasPython, "needs sealpost beside the tests, and python3"))
struct SegmentTests {
  /// A clinic with the destination `hook` that forwards to the peer.
  private func clinic(_ peer: WebhookPeer, _ words: String...) throws -> Clinic {
    let clinic = try Clinic()
    try clinic.folder.write("write-key", "hush-key\n")
    try clinic.install("SegmentDestination", product: "org.sealpost.segment")
    try clinic.addDestination(
      "org.sealpost.segment",
      ["--set", "url=http://127.0.0.1:\(peer.port)/in", "--set-secret", "write_key=@write-key"]
        + words)
    return clinic
  }

  /// What the peer got, one object for each event.
  private func batch(_ request: WebhookPeer.Request) -> [[String: Any]] {
    let body = try? JSONSerialization.jsonObject(with: Data((request.body ?? "").utf8))
    return (body as? [String: Any])?["batch"] as? [[String: Any]] ?? []
  }

  @Test func `events go as they are, in one batch, under the write key that the host puts in`()
    throws
  {
    let peer = try WebhookPeer("[{}]")
    let clinic = try clinic(peer)
    let run = try clinic.deliver()
    #expect(run.code == 0 && run.delivered == 30, "\(run.errors)")
    let request = try #require(peer.requests.first)
    #expect(request.method == "POST" && peer.requests.count == 1)
    // base64 of "hush-key:", the user name of an empty password.
    #expect(request.headers?["authorization"] == "Basic aHVzaC1rZXk6")
    let events = batch(request)
    #expect(events.map { $0["messageId"] as? String } == (0..<30).map { "m\($0)" })
    #expect(request.body?.contains("\"balance\":120.50") == true)
    #expect(request.body?.wholeMatch(of: #/.*,"sentAt":"20\d\d-\d\d-\d\dT[\d:.]+Z"}/#) != nil)
  }

  @Test func `a table of the operator's takes the place of the adapter's, and can be taken away`()
    throws
  {
    let peer = try WebhookPeer("[{}]")
    let clinic = try clinic(peer)
    try clinic.done(
      "encryption", "enable", "hook", "--fields", "email", "--generate-key", "--bits", "2048",
      "--private-key-out", "private.pem")
    try clinic.folder.write(
      "mapping.json",
      #"{"identify": {"type": "identify", "userId": {"@path": "$.userId"}, "traits": {"mail": {"@path": "$.traits.email"}}}}"#
    )
    try clinic.done("destination", "set", "hook", "mapping=@mapping.json")
    let shown = try clinic.done("destination", "show", "hook", "--mapping").output
    #expect(shown.contains(#""mail": {"@path": "$.traits.email"}"#))
    // As the author wrote it, also after it was signed.
    #expect(shown.contains(#""track": {"@path": "$"}"#))
    #expect(try clinic.deliver().delivered == 30)
    let events = batch(try #require(peer.requests.first))
    #expect(events.allSatisfy { Set($0.keys) == ["type", "userId", "traits"] })
    // Sealed for this destination, renamed by the mapping, and still opened with the private key.
    let lines = try events.map {
      String(
        decoding: try JSONSerialization.data(
          withJSONObject: $0, options: [.sortedKeys, .withoutEscapingSlashes]), as: UTF8.self)
    }
    let opened = try clinic.sealpost(
      ["decrypt", "--key", "private.pem"], input: lines.joined(separator: "\n") + "\n")
    #expect(opened.code == 0)
    #expect(opened.output.contains("canary7@example.com"))
    try clinic.done("destination", "set", "hook", "--unset", "mapping")
    #expect(
      try clinic.done("destination", "show", "hook", "--mapping").output
        .contains(#""identify": {"@path": "$"}"#))
  }

  @Test func `a sealed field in a text or a time is warned of when the mapping is set`() throws {
    let peer = try WebhookPeer("[{}]")
    let clinic = try clinic(peer)
    try clinic.sealEmail()
    try clinic.folder.write(
      "mapping.json",
      #"{"identify":{"a":{"@template":"{{traits.plan}} {{traits.Email}}"},"b":{"@time":{"@path":"$.traits.email"},"as":"seconds"},"c":{"@path":"$.traits.email"},"d":{"@time":{"@path":"$.timestamp"},"as":"seconds"}}}"#
    )
    let set = try clinic.done("destination", "set", "hook", "mapping=@mapping.json")
    let warnings = set.errors.split(separator: "\n").filter { $0.contains("warning:") }
    #expect(warnings.count == 2, "\(set.errors)")
    #expect(
      set.errors.contains(#"mapping, identify.a.@template: it uses "Email", which is sealed"#))
    #expect(
      set.errors.contains(#"mapping, identify.b.@time.@path: it uses "email", which is sealed"#))
  }

  @Test func `a mapping that is none is refused when it is set, with all that is wrong`() throws {
    let peer = try WebhookPeer("[{}]")
    let clinic = try clinic(peer)
    try clinic.folder.write(
      "mapping.json",
      "{\n\"track\": {\"a\": {\"@path\": \"x\"}},\n\"pages\": {}\n}\n")
    let refused = try clinic.sealpost("destination", "set", "hook", "mapping=@mapping.json")
    #expect(refused.code == 78)
    #expect(
      refused.errors.contains(
        #"error: track.a.@path, line 2: it is no path. Write "$.properties.plan", or "$" for the whole."#
      ))
    #expect(refused.errors.contains("error: pages, line 3: there are no such events."))
    #expect(refused.errors.contains("mapping, mapping.json: 2 things are wrong with it."))
    let typed = try clinic.sealpost("destination", "set", "hook", #"mapping={"track":{}}"#)
    #expect(typed.code == 2 && typed.errors.contains("Write mapping=@FILE"))
    #expect(try clinic.done("audit", "log", "--json").output.contains("settings.mapping") == false)
  }

  @Test func `two hosts in a chain: what one seals arrives sealed at the other's destination`()
    throws
  {
    let receiver = try Clinic()
    try receiver.addFile()
    try receiver.done("destination", "enable", "file")
    let key = try receiver.addSource("upstream")
    let host = try ListeningHost(receiver)
    let sender = try Clinic()
    try sender.folder.write("write-key", key)
    try sender.install("SegmentDestination", product: "org.sealpost.segment")
    try sender.addDestination(
      "org.sealpost.segment",
      ["--set", "url=\(host.urls[0])/v1/batch", "--set-secret", "write_key=@write-key"])
    try sender.done(
      "encryption", "enable", "hook", "--fields", "email", "--generate-key", "--bits", "2048",
      "--private-key-out", "private.pem")
    let run = try sender.deliver()
    #expect(run.code == 0 && run.delivered == 30, "\(run.errors)")
    #expect(host.stop() == 0, "\(host.said)")
    let events = try receiver.delivered()
    #expect(Set(events.keys) == Set((0..<30).map { "m\($0)" }))
    for event in events.values {
      let traits = event["traits"] as? [String: Any]
      #expect((traits?["email"] as? String)?.count == 344)
      #expect(traits?["balance"] as? Double == 120.5)
    }
  }

  @Test func `an adapter without a mapping takes none`() throws {
    let clinic = try Clinic()
    try clinic.addFile()
    try clinic.folder.write("mapping.json", #"{"track":{"a":1}}"#)
    let refused = try clinic.sealpost("destination", "set", "file", "mapping=@mapping.json")
    #expect(refused.code == 78)
    #expect(refused.errors.contains("has no mapping: it sends events as it gets them"))
    let shown = try clinic.sealpost("destination", "show", "file", "--mapping")
    #expect(shown.code == 78 && shown.errors.contains("has no mapping"))
  }

  @Test func `an event that the API would refuse for its size is set aside, the others go`() throws
  {
    let peer = try WebhookPeer("[{}]")
    let clinic = try clinic(peer)
    try clinic.folder.write(
      "mapping.json",
      #"{"identify":{"@merge":[{"@path":"$"},{"a":{"@path":"$.traits"},"b":{"@path":"$.traits"}}]}}"#
    )
    try clinic.done("destination", "set", "hook", "mapping=@mapping.json")
    let large = String(repeating: "x", count: 16_000)
    let events =
      Clinic.events.split(separator: "\n").prefix(2).joined(separator: "\n")
      + "\n" + #"{"type":"identify","userId":"u","messageId":"big","traits":{"p":"\#(large)"}}"#
      + "\n"
    let run = try clinic.deliver(events)
    #expect(run.delivered == 2 && run.dead == ["rejected_by_destination": 1], "\(run.errors)")
    #expect(peer.requests.flatMap(batch).count == 2)
  }
}

extension Clinic {
  /// Installs an adapter of this project, whose product the owner allows on evidence of his own.
  func install(_ library: String, product: String) throws {
    try folder.write("evidence.txt", "A test's own.\n")
    try done("products", "allow", product, "--evidence", "evidence.txt")
    try done(
      "adapter", "install", "--approve",
      package(library, manifest: "Plugins/\(library)/adapter.json"))
  }

  /// Adds the destination `hook`, enabled, that may reach a peer on this machine.
  func addDestination(_ product: String, _ words: [String]) throws {
    let outcome = try sealpost(
      [
        "destination", "add", "hook", "--adapter", product, "--set",
        "host.allow_private_addresses=true", "--set", "host.allow_plain_http=true",
      ] + words)
    guard outcome.code == 0 else { throw Sealpost.Failure(outcome: outcome) }
    try done("destination", "enable", "hook")
  }
}
