import Foundation
import Testing
import Workbench

@testable import HostCommands

/// Braze's `/users/track` as its documentation has it, played by a peer: what is sent, and what each answer comes to.
@Suite(
  .enabled(
    if: Sealpost.isBuilt && Sealpost.hasPython, "needs sealpost beside the tests, and python3"))
struct BrazeTests {
  private static let path = "/users/track"

  private func clinic(_ peer: WebhookPeer) throws -> Clinic {
    let clinic = try Clinic()
    try clinic.folder.write("key", "hush-key")
    try clinic.install("BrazeDestination", product: "com.braze.engagement")
    try clinic.addDestination(
      "com.braze.engagement",
      ["--set", "url=http://127.0.0.1:\(peer.port)", "--set-secret", "api_key=@key"])
    return clinic
  }

  private func list(_ name: String, _ request: WebhookPeer.Request) -> [[String: Any]] {
    request.json?[name] as? [[String: Any]] ?? []
  }

  private static let success = #"{"message":"success","attributes_processed":30}"#

  @Test func `each kind of event comes into the list that the documentation asks for`() throws {
    let peer = try WebhookPeer(
      WebhookPeer.steps((201, Self.success)), paths: [Self.path, "/users/alias/new"])
    let run = try clinic(peer).deliver(VendorEvents.all())
    #expect(run.code == 0 && run.delivered == 6, "\(run.errors)")
    let requests = peer.requests
    #expect(requests.map(\.target) == [Self.path, Self.path, "/users/alias/new"])
    #expect(requests.allSatisfy { $0.headers?["authorization"] == "Bearer hush-key" })
    let attributes = list("attributes", requests[0])
    #expect(attributes[0]["external_id"] as? String == "u1")
    #expect(attributes[0]["email"] as? String == "a@example.com")
    #expect(attributes[0]["plan"] as? String == "gold" && attributes[0]["user_alias"] == nil)
    #expect(attributes[1]["group_id"] as? String == "g1")
    let events = list("events", requests[1])
    #expect(
      events.map { $0["name"] as? String } == [
        "Order Completed", "Viewed Home Page", "Viewed Screen",
      ])
    #expect(events.allSatisfy { $0["time"] as? String == "2025-11-25T12:30:00.123Z" })
    #expect(requests[1].body?.contains(#""revenue":120.50"#) == true)
    #expect(
      (list("user_aliases", requests[2]).first as? [String: String]) == [
        "external_id": "u1", "alias_name": "old1", "alias_label": "previous_id",
      ])
  }

  @Test func `a user without an id goes by an alias, and is made where there is none`() throws {
    let peer = try WebhookPeer(WebhookPeer.steps((201, Self.success)), path: Self.path)
    let run = try clinic(peer).deliver(
      #"{"type":"track","event":"Seen","anonymousId":"a1","messageId":"m1","timestamp":"2025-11-25T12:30:00Z"}"#
        + "\n")
    #expect(run.delivered == 1, "\(run.errors)")
    let event = try #require(peer.requests.first.flatMap { list("events", $0).first })
    #expect(
      (event["user_alias"] as? [String: String])
        == ["alias_name": "a1", "alias_label": "anonymous_id"])
    #expect(event["_update_existing_only"] as? Bool == false && event["external_id"] == nil)
  }

  @Test func `a request carries 75 objects at most`() throws {
    let peer = try WebhookPeer(WebhookPeer.steps((201, Self.success)), path: Self.path)
    let events = (0..<160).map {
      #"{"type":"identify","userId":"u\#($0)","messageId":"m\#($0)","traits":{"plan":"gold"}}"#
        + "\n"
    }.joined()
    #expect(try clinic(peer).deliver(events).delivered == 160)
    #expect(peer.requests.allSatisfy { list("attributes", $0).count <= 75 })
    #expect(peer.requests.map { list("attributes", $0).count }.reduce(0, +) == 160)
  }

  @Test func `of a success with errors those objects alone are set aside`() throws {
    let answer =
      #"{"message":"success","errors":[{"type":"'external_id' is required","input_array":"attributes","index":2},{"type":"x","input_array":"attributes","index":9}]}"#
    let peer = try WebhookPeer(WebhookPeer.steps((201, answer)), path: Self.path)
    let run = try clinic(peer).deliver()
    #expect(run.delivered == 28 && run.dead == ["rejected_by_destination": 2], "\(run.errors)")
    #expect(peer.requests.count == 1)
  }

  @Test(arguments: [
    (201, #"{"message":"success","errors":["minor error"]}"#),
    (400, #"{"message":"Bad Request","errors":[]}"#), (413, ""),
  ])
  func `an answer that names none is halved, and one object is set aside`(
    status: Int, answer: String
  ) throws {
    let peer = try WebhookPeer(
      WebhookPeer.steps((status, answer), (201, Self.success), (status, answer)), path: Self.path)
    let run = try clinic(peer).deliver(Clinic.events(2))
    #expect(run.delivered == 1 && run.dead == ["rejected_by_destination": 1], "\(run.errors)")
  }

  @Test(arguments: [401, 403, 404])
  func `a key that Braze does not know stops the destination`(status: Int) throws {
    let peer = try WebhookPeer(#"[{"status":\#(status)}]"#, path: Self.path)
    let run = try clinic(peer).deliver()
    #expect(run.delivered == 0 && run.dead.isEmpty && peer.requests.count == 1)
  }

  @Test func `what is sealed is longer than Braze takes: it is a dead letter, the others go`()
    throws
  {
    let peer = try WebhookPeer(WebhookPeer.steps((201, Self.success)), path: Self.path)
    let clinic = try clinic(peer)
    try clinic.sealEmail()
    let plain = #"{"type":"identify","userId":"u","messageId":"p","traits":{"plan":"gold"}}"# + "\n"
    let run = try clinic.deliver(Clinic.events(3) + plain)
    #expect(run.delivered == 1 && run.dead.values.reduce(0, +) == 3, "\(run.dead) \(run.errors)")
    let sent = peer.requests.flatMap { list("attributes", $0) }
    #expect(sent.map { $0["plan"] as? String } == ["gold"])
    #expect(!peer.requests.contains { $0.body?.contains("canary") == true })
    let letters = try clinic.done("dead-letter", "list", "hook").output
    #expect(letters.contains("255"), "\(letters)")
  }

  @Test func `a 429 and a 500 lose nothing`() throws {
    let peer = try WebhookPeer(
      #"[{"status":429,"headers":{"Retry-After":"1"}},{"status":500},{"status":201}]"#,
      path: Self.path)
    let run = try clinic(peer).deliver()
    #expect(run.delivered == 30 && run.dead.isEmpty, "\(run.errors)")
  }
}
