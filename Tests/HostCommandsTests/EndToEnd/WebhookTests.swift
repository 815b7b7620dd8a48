import Foundation
import Testing
import Workbench

@testable import HostCommands

/// The webhook from the operator's commands to the receiver: a real worker in its sandbox, requests by the host.
@Suite(
  .enabled(
    if: Sealpost.isBuilt && Sealpost.hasPython, "needs sealpost beside the tests, and python3"))
struct WebhookTests {
  private static let ids = (0..<30).map { "m\($0)" }

  @Test func `events arrive sealed and in their order, several in one request`() throws {
    let peer = try WebhookPeer("[{}]")
    let clinic = try Clinic()
    try clinic.addHook(peer, "--set", "batch_events=8")
    try clinic.done(
      "encryption", "enable", "hook", "--fields", "email", "--generate-key", "--bits", "2048",
      "--private-key-out", "private.pem")
    let run = try clinic.deliver()
    #expect(run.code == 0 && run.delivered == 30)
    let requests = peer.requests
    #expect(requests.map(\.events.count) == [8, 8, 8, 6])
    #expect(requests.flatMap(\.ids) == Self.ids)
    #expect(Set(requests.map(\.connection)) == [1])
    #expect(requests.allSatisfy { $0.headers?["content-type"] == "application/json" })
    #expect(requests.allSatisfy { $0.body?.contains("canary") == false })
    #expect(requests.allSatisfy { $0.body?.contains("\"balance\":120.50") == true })
    #expect(run.requests?["sent"] as? Int == 4 && run.requests?["connections"] as? Int == 1)
    #expect(run.requests?["answers"] as? [String: Int] == ["2xx": 4])
  }

  @Test
  func `without a library for HTTP/2 a run says so once, to who listens, and delivers`() throws {
    let peer = try WebhookPeer("[{}]")
    let clinic = try Clinic()
    try clinic.addHook(peer)
    // Found before the system's, and no library.
    try clinic.folder.write("libnghttp2.so.14", "")
    var sealpost = clinic.sealpost
    sealpost.environment = ["LD_LIBRARY_PATH": clinic.folder.path]
    let run = try sealpost(["run", "--json", "--log-level", "debug"], input: Clinic.events)
    #expect(run.code == 0 && peer.requests.flatMap(\.ids) == Self.ids, "\(run.errors)")
    let told = "HTTP/2 is not offered, HTTP/1.1 is used: "
    #expect(run.errors.ranges(of: told).count == 1, "\(run.errors)")
    #expect(run.errors.contains("Install it: apt-get install libnghttp2-14"))
    let quiet = try sealpost(["run", "--json", "--from", "start"], input: Clinic.events)
    #expect(quiet.code == 0 && !quiet.errors.contains("HTTP/2"), "\(quiet.errors)")
  }

  @Test func `a body of lines is the events' own bytes`() throws {
    let peer = try WebhookPeer("[{}]")
    let clinic = try Clinic()
    try clinic.addHook(peer, "--set", "body=ndjson", "--set", "method=PUT")
    #expect(try clinic.deliver().code == 0)
    let request = try #require(peer.requests.first)
    #expect(request.method == "PUT")
    #expect(request.headers?["content-type"] == "application/x-ndjson")
    #expect(request.body == String(Clinic.events.dropLast()))
  }

  @Test func `bodies go compressed where they are asked to, and are the same for the receiver`()
    throws
  {
    let peer = try WebhookPeer("[{}]")
    let clinic = try Clinic()
    try clinic.addHook(peer, "--set", "compress=true", "--set", "body=ndjson")
    let run = try clinic.deliver()
    #expect(run.code == 0 && run.delivered == 30, "\(run.errors)")
    let request = try #require(peer.requests.first)
    #expect(request.headers?["content-encoding"] == "gzip")
    #expect(Int(request.headers?["content-length"] ?? "").map { $0 < 1000 } == true)
    #expect(request.body == String(Clinic.events.dropLast()))
  }

  @Test func `a secret and a signature are put in by the host, and the receiver can check it`()
    throws
  {
    let peer = try WebhookPeer("[{}]")
    let clinic = try Clinic()
    try clinic.folder.write("token", "hush-token\n")
    try clinic.folder.write("key", "hush-key\n")
    try clinic.addHook(
      peer, path: "/in?k={{secret:token}}", "--set", "body=single", "--set", "sign=true", "--set",
      #"headers=["Authorization: Bearer {{secret:token}}","X-Plain: yes"]"#, "--set-secret",
      "token=@token", "--set-secret", "signing_key=@key")
    #expect(try clinic.deliver().code == 0)
    let requests = peer.requests
    #expect(requests.map { $0.headers?["idempotency-key"] } == Self.ids)
    for request in requests {
      #expect(request.target == "/in?k=hush-token")
      #expect(request.headers?["authorization"] == "Bearer hush-token")
      #expect(request.headers?["x-plain"] == "yes")
      let check = try Sealpost.run(
        "python3",
        [
          "-c",
          """
          import hashlib, hmac, sys
          time, signature = sys.argv[1].split(",")
          text = time.removeprefix("t=") + "." + sys.argv[2]
          wanted = hmac.new(b"hush-key", text.encode(), hashlib.sha256).hexdigest()
          sys.exit(signature != "v1=" + wanted)
          """, request.headers?["x-sealpost-signature"] ?? "", request.body ?? "",
        ])
      #expect(check.code == 0)
    }
    let shown = try clinic.done("destination", "show", "hook").output
    let log = try clinic.done("audit", "log").output
    #expect(!shown.contains("hush") && !log.contains("hush"))
  }

  struct Peculiar: Sendable, CustomTestStringConvertible {
    let steps: String
    let requests: Int
    var testDescription: String { steps }
  }

  @Test(arguments: [
    Peculiar(steps: #"[{"status":202}]"#, requests: 1),
    Peculiar(steps: #"[{"status":204}]"#, requests: 1),
    Peculiar(steps: #"[{"status":409}]"#, requests: 1),
    Peculiar(steps: #"[{"status":408},{}]"#, requests: 2),
    Peculiar(steps: #"[{"status":429,"headers":{"Retry-After":"1"}},{}]"#, requests: 2),
    Peculiar(
      steps: #"[{"status":503,"headers":{"Retry-After":"Sun, 06 Nov 1994 08:49:37 GMT"}},{}]"#,
      requests: 2),
    Peculiar(steps: #"[{"status":500},{"status":502},{}]"#, requests: 3),
    Peculiar(steps: #"[{"do":"reset"},{}]"#, requests: 2),
    Peculiar(steps: #"[{"do":"hangup"},{}]"#, requests: 2),
    Peculiar(steps: #"[{"do":"never"},{}]"#, requests: 3),
    Peculiar(steps: #"[{"do":"drip"},{}]"#, requests: 2),
    Peculiar(steps: #"[{"bytes":1048577},{}]"#, requests: 2),
    Peculiar(steps: #"[{"do":"raw","body":"nonsense"},{}]"#, requests: 2),
    Peculiar(steps: #"[{"status":302,"headers":{"Location":"/login"}},{}]"#, requests: 2),
    Peculiar(steps: #"[{"status":307,"headers":{"Location":"/moved"}}]"#, requests: 2),
    Peculiar(steps: #"[{"status":413},{}]"#, requests: 3),
  ])
  func `a receiver that takes its time gets everything in the end`(peculiar: Peculiar) throws {
    let peer = try WebhookPeer(peculiar.steps)
    let clinic = try Clinic()
    try clinic.addHook(peer, "--set", "timeout_seconds=1")
    let run = try clinic.deliver()
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.delivered == 30 && run.dead.isEmpty, "\(run.errors)")
    // Events that are repeated may come in more requests than one: each user's wait by themselves.
    #expect(peer.requests.count >= peculiar.requests)
    // Nothing was lost on the way: what came last, or in halves last, is all of it.
    #expect(Set(peer.requests.flatMap(\.ids)) == Set(Self.ids))
  }

  @Test(arguments: [404, 405, 410])
  func `what the receiver never takes is set aside, at once`(status: Int) throws {
    let peer = try WebhookPeer(#"[{"status":\#(status)}]"#)
    let clinic = try Clinic()
    try clinic.addHook(peer)
    let run = try clinic.deliver()
    #expect(run.code == 75 && run.delivered == 0)
    #expect(run.dead == ["rejected_by_destination": 30])
    #expect(peer.requests.count == 1)
  }

  @Test func `of a batch that is refused for one event, only that one is set aside`() throws {
    // Five events: the whole, the first two, the last three, the third alone, the last two.
    let steps = #"[{"status":400},{},{"status":422},{"status":400},{}]"#
    let peer = try WebhookPeer(steps)
    let clinic = try Clinic()
    try clinic.addHook(peer)
    let events = Clinic.events.split(separator: "\n").prefix(5).joined(separator: "\n") + "\n"
    let run = try clinic.deliver(events)
    #expect(run.dead == ["rejected_by_destination": 1] && run.delivered == 4)
    #expect(
      peer.requests.map(\.ids) == [
        ["m0", "m1", "m2", "m3", "m4"], ["m0", "m1"], ["m2", "m3", "m4"], ["m2"], ["m3", "m4"],
      ])
  }

  @Test(arguments: [401, 403])
  func `credentials that are refused stop the destination`(status: Int) throws {
    let peer = try WebhookPeer(#"[{"status":\#(status)}]"#)
    let clinic = try Clinic()
    try clinic.addHook(peer)
    let run = try clinic.deliver()
    #expect(run.code == 75 && run.delivered == 0)
    #expect(peer.requests.count == 1)
    #expect(run.errors.contains("HTTP status \(status)"))
  }
}

// MARK: - What may not be reached

extension WebhookTests {
  @Test func `a receiver on this machine is reached only where the operator allows it`() throws {
    let peer = try WebhookPeer("[{}]", certificate: "good")
    let clinic = try Clinic()
    try clinic.addHook(peer, scheme: "https", allowed: false)
    let refused = try clinic.deliver()
    #expect(refused.delivered == 0)
    #expect(refused.errors.contains("the host's address is private or this machine's"))
    try clinic.done(
      "destination", "set", "hook", "host.allow_private_addresses=true",
      "host.trusted_certificates=\(Certificates.shared.get().root)")
    #expect(try clinic.deliver("").delivered == 30)
    #expect(peer.requests.count == 1)
    let log = try clinic.done("audit", "log", "--type", "destination modified", "--json").output
    #expect(log.contains("host.allow_private_addresses"))
  }

  @Test(arguments: [
    "https://evil.example/", "http://169.254.169.254/latest/", "http://127.0.0.1:1/",
  ])
  func `a redirect to where nothing may go stops the destination`(location: String) throws {
    let peer = try WebhookPeer(#"[{"status":307,"headers":{"Location":"\#(location)"}}]"#)
    let clinic = try Clinic()
    try clinic.addHook(peer)
    let run = try clinic.deliver()
    #expect(run.delivered == 0 && peer.requests.count == 1)
    #expect(run.errors.contains("the redirect: the host is not one that adapter.json names"))
  }

  @Test(arguments: [
    ("host.allow_private_addresses=yes", "it has to be true or false"),
    ("host.trusted_certificates=ca.pem", "it has to be the absolute path of a file"),
    ("host.allow_everything=true", "there are: host.allow_private_addresses, host."),
  ])
  func `a setting of the host's is checked when it is set`(word: String, reason: String) throws {
    let peer = try WebhookPeer("[{}]")
    let clinic = try Clinic()
    try clinic.addHook(peer)
    let refused = try clinic.sealpost("destination", "set", "hook", word)
    #expect(refused.code == 78)
    #expect(refused.errors.contains("it is one of the host's, and \(reason)"))
  }

  @Test func `certificates to trust that cannot be read keep the destination from starting`() throws
  {
    let peer = try WebhookPeer("[{}]")
    let clinic = try Clinic()
    try clinic.addHook(peer, "--set", "host.trusted_certificates=/nothing/here.pem")
    let run = try clinic.deliver()
    #expect(run.delivered == 0)
    #expect(run.errors.contains("/nothing/here.pem"))
    #expect(peer.requests.isEmpty)
  }

  @Test func `what an operator approves names the hosts and the secrets`() throws {
    let clinic = try Clinic()
    try clinic.allowHook()
    let package = try clinic.package(
      "WebhookDestination", manifest: "Plugins/WebhookDestination/adapter.json")
    let shown = try clinic.done("adapter", "inspect", package).output
    #expect(shown.contains("http $settings.url"))
    #expect(shown.contains("http-secret token"))
    let refused = try clinic.sealpost("adapter", "install", package)
    #expect(refused.code != 0)
    #expect(refused.errors.contains("http $settings.url"))
  }
}
