import Foundation
import Testing
import Workbench

@testable import HostCommands

/// `destination test`: one marked event through the adapter, and what is shown of it.
@Suite(
  .enabled(
    if: Sealpost.isBuilt && Sealpost.hasPython, "needs sealpost beside the tests, and python3"))
struct DestinationTestTests {
  private func hush(_ clinic: Clinic) throws {
    try clinic.folder.write("token", "hush-token\n")
    try clinic.folder.write("key", "hush-key\n")
  }

  @Test func `a marked event is sent sealed, and shown with its request, answer and outcome`()
    throws
  {
    let peer = try WebhookPeer(
      #"[{"status":202,"body":"thanks for hush-token","headers":{"X-Trace":"hush-key"}}]"#)
    let clinic = try Clinic()
    try hush(clinic)
    try clinic.addHook(
      peer, path: "/in?k={{secret:token}}", "--set", "sign=true", "--set",
      #"headers=["Authorization: Bearer {{secret:token}}"]"#, "--set-secret", "token=@token",
      "--set-secret", "signing_key=@key")
    try clinic.done("destination", "disable", "hook")
    try clinic.done(
      "encryption", "enable", "hook", "--fields", "email", "--generate-key", "--bits", "2048",
      "--private-key-out", "private.pem")
    let tested = try clinic.done("destination", "test", "hook", "--event", "identify")
    let shown = tested.output
    #expect(shown.contains("request 1 POST http://127.0.0.1:\(peer.port)/in?k={{secret:token}}\n"))
    #expect(shown.contains("          Authorization: Bearer {{secret:token}}\n"))
    #expect(shown.contains("answer 1  202, in "))
    #expect(shown.contains("          thanks for (secret)\n"))
    #expect(shown.contains("          x-trace: (secret)\n"))
    #expect(shown.hasSuffix("\noutcome   delivered\n"))
    #expect(!shown.contains("hush") && !tested.errors.contains("hush"))
    let request = try #require(peer.requests.first)
    #expect(request.headers?["authorization"] == "Bearer hush-token")
    let event = try #require(request.events.first)
    let traits = event["traits"] as? [String: Any]
    #expect(request.ids.allSatisfy { $0.hasPrefix("sealpost-test-") } && request.ids.count == 1)
    #expect(traits?["sealpost_test"] as? Bool == true)
    #expect((traits?["email"] as? String)?.count == 344)
    let log = try clinic.done("audit", "log", "--type", "destination tested", "--json").output
    #expect(log.contains(request.ids[0]) && log.contains("delivered") && log.contains("intent"))
  }

  @Test func `an event that is not taken says so, with exit code 1`() throws {
    let peer = try WebhookPeer(#"[{"status":401,"body":"who are you?"}]"#)
    let clinic = try Clinic()
    try clinic.addHook(peer)
    let tested = try clinic.sealpost("destination", "test", "hook", "--json")
    #expect(tested.code == 1)
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(tested.output.utf8)) as? [String: Any])
    #expect(json["delivered"] as? Bool == false && json["outcome"] as? String == "auth")
    #expect(json["remote_code"] as? Int == 401)
    let requests = json["requests"] as? [[String: Any]]
    #expect(requests?.count == 1)
    #expect(requests?.first?["status"] as? Int == 401)
    #expect(requests?.first?["answer"] as? String == "who are you?")
    #expect((json["event"] as? [String: Any])?["type"] as? String == "track")
  }

  @Test func `what cannot be reached is said, not hidden`() throws {
    let peer = try WebhookPeer("[{}]")
    let clinic = try Clinic()
    try clinic.addHook(peer, allowed: false)
    let tested = try clinic.sealpost("destination", "test", "hook")
    #expect(tested.code == 1)
    #expect(tested.output.contains("answer 1  none, refused, in "))
    #expect(tested.output.contains("http without TLS is not allowed here"))
    #expect(peer.requests.isEmpty)
  }

  @Test func `a destination without requests is tested, too; one that may not start says why`()
    throws
  {
    let clinic = try Clinic()
    try clinic.addFile()
    let tested = try clinic.done("destination", "test", "file")
    #expect(tested.output.hasSuffix("outcome   delivered\n"))
    let written = try clinic.folder.text("out.ndjson")
    #expect(written.contains("\"messageId\":\"sealpost-test-"))
    try clinic.done("products", "disallow", "org.sealpost.ndjson-file")
    let refused = try clinic.sealpost("destination", "test", "file")
    #expect(refused.code == 1 && refused.output.contains("outcome   "))
    #expect(refused.output.contains("is not on the eligible-products list"), "\(refused.output)")
  }
}
