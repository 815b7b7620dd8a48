import Foundation
import Testing
import Workbench

@testable import HostCommands

/// Customer.io's Track API v2 as its documentation has it, played by a peer: what is sent, and what each answer comes to.
@Suite(
  .enabled(
    if: Sealpost.isBuilt && Sealpost.hasPython, "needs sealpost beside the tests, and python3"))
struct CustomerIOTests {
  private static let path = "/api/v2/batch"

  private func clinic(_ peer: WebhookPeer) throws -> Clinic {
    let clinic = try Clinic()
    try clinic.folder.write("site", "hush-site")
    try clinic.folder.write("key", "hush-key")
    try clinic.install("CustomerIODestination", product: "io.customer.journeys")
    try clinic.addDestination(
      "io.customer.journeys",
      [
        "--set", "url=http://127.0.0.1:\(peer.port)", "--set-secret", "site_id=@site",
        "--set-secret", "api_key=@key",
      ])
    return clinic
  }

  private func items(_ request: WebhookPeer.Request?) -> [[String: Any]] {
    request?.json?["batch"] as? [[String: Any]] ?? []
  }

  @Test func `each kind of event becomes what the documentation asks for`() throws {
    let peer = try WebhookPeer("[{}]", path: Self.path)
    let run = try clinic(peer).deliver(VendorEvents.all())
    #expect(run.code == 0 && run.delivered == 6, "\(run.errors)")
    let request = try #require(peer.requests.first)
    // base64 of "hush-site:hush-key".
    #expect(request.headers?["authorization"] == "Basic aHVzaC1zaXRlOmh1c2gta2V5")
    let batch = items(request)
    #expect(
      batch.map { "\($0["type"] ?? "") \($0["action"] ?? "")" } == [
        "person identify", "person event", "person page", "person screen", "object identify",
        "person merge",
      ])
    #expect(batch.prefix(4).allSatisfy { ($0["identifiers"] as? [String: String]) == ["id": "u1"] })
    #expect(
      (batch[0]["attributes"] as? [String: String])
        == ["anonymous_id": "a1", "email": "a@example.com", "name": "Ann Example", "plan": "gold"])
    #expect(batch[1]["name"] as? String == "Order Completed")
    #expect(batch[1]["timestamp"] as? Int == 1_764_073_800)
    #expect(request.body?.contains(#""revenue":120.50"#) == true)
    #expect(batch[2]["name"] as? String == "https://example.com/")
    #expect(
      (batch[4]["identifiers"] as? [String: String])
        == ["object_type_id": "1", "object_id": "g1"])
    #expect(
      (batch[4]["cio_relationships"] as? [[String: [String: String]]])
        == [["identifiers": ["id": "u1"]]])
    #expect((batch[5]["primary"] as? [String: String]) == ["id": "u1"])
    #expect((batch[5]["secondary"] as? [String: String]) == ["id": "old1"])
  }

  private static let errors =
    #"{"errors":[{"batch_index":1,"reason":"invalid","field":"timestamp","message":"canary1@example.com"},{"batch_index":4,"reason":"required","field":"name"}]}"#

  @Test(arguments: [207, 200])
  func `a part of which some is not taken costs those alone`(status: Int) throws {
    let peer = try WebhookPeer(WebhookPeer.steps((status, Self.errors)), path: Self.path)
    let clinic = try clinic(peer)
    let run = try clinic.deliver()
    #expect(run.delivered == 28 && run.dead == ["rejected_by_destination": 2], "\(run.errors)")
    #expect(peer.requests.count == 1)
    let letters = try clinic.done("dead-letter", "list", "hook").output
    #expect(letters.contains("does not take timestamp") && !letters.contains("canary1@"))
  }

  @Test func `a 400 that names events costs those alone, and the others are sent again`() throws {
    let peer = try WebhookPeer(WebhookPeer.steps((400, Self.errors), (200, "{}")), path: Self.path)
    let run = try clinic(peer).deliver()
    #expect(run.delivered == 28 && run.dead == ["rejected_by_destination": 2], "\(run.errors)")
    #expect(peer.requests.map { items($0).count } == [30, 28])
  }

  @Test(arguments: [
    (400, #"{"meta":{"error":"bad"}}"#), (413, ""), (207, #"{"errors":[{"batch_index":77}]}"#),
  ])
  func `an answer that names none is halved, and one event is set aside`(
    status: Int, answer: String
  ) throws {
    let peer = try WebhookPeer(
      WebhookPeer.steps((status, answer), (200, "{}"), (status, answer)), path: Self.path)
    let run = try clinic(peer).deliver(Clinic.events(2))
    #expect(run.delivered == 1 && run.dead == ["rejected_by_destination": 1], "\(run.errors)")
  }

  @Test func `credentials that are refused stop the destination`() throws {
    let peer = try WebhookPeer(#"[{"status":401}]"#, path: Self.path)
    let run = try clinic(peer).deliver()
    #expect(run.delivered == 0 && run.dead.isEmpty && peer.requests.count == 1)
  }

  @Test func `a 429 and a 503 lose nothing`() throws {
    let peer = try WebhookPeer(
      #"[{"status":429,"headers":{"Retry-After":"1"}},{"status":503,"headers":{"Retry-After":"1"}},{}]"#,
      path: Self.path)
    let run = try clinic(peer).deliver()
    #expect(run.delivered == 30 && run.dead.isEmpty, "\(run.errors)")
  }

  @Test func `an event that is larger than the API takes is set aside, one that just fits is sent`()
    throws
  {
    let peer = try WebhookPeer("[{}]", path: Self.path)
    let clinic = try clinic(peer)
    func event(_ id: String, _ length: Int) -> String {
      #"{"type":"identify","userId":"u","messageId":"\#(id)","traits":{"p":"\#(String(repeating: "x", count: length))"}}"#
        + "\n"
    }
    let run = try clinic.deliver(event("a", 31_000) + event("b", 32_001) + event("c", 10))
    #expect(run.delivered == 2 && run.dead == ["rejected_by_destination": 1], "\(run.errors)")
    let sent = peer.requests.flatMap { items($0) }
    #expect(sent.count == 2)
    let letters = try clinic.done("dead-letter", "list", "hook").output
    #expect(letters.contains("larger than 32"), "\(letters)")
  }

  @Test func `ciphertext arrives as it was sealed and can be opened`() throws {
    let peer = try WebhookPeer("[{}]", path: Self.path)
    let clinic = try clinic(peer)
    try clinic.sealEmail()
    #expect(try clinic.deliver().delivered == 30)
    #expect(try clinic.opened(items(peer.requests.first)).contains("canary7@example.com"))
  }
}
