import Foundation
import Testing
import Workbench

@testable import HostCommands

/// Mixpanel's import API as its documentation has it, played by a peer: what is sent, and what each answer comes to.
@Suite(
  .enabled(
    if: Sealpost.isBuilt && Sealpost.hasPython, "needs sealpost beside the tests, and python3"))
struct MixpanelTests {
  private func clinic(_ peer: WebhookPeer) throws -> Clinic {
    let clinic = try Clinic()
    try clinic.folder.write("token", "hush-token")
    try clinic.install("MixpanelDestination", product: "com.mixpanel.analytics")
    try clinic.addDestination(
      "com.mixpanel.analytics",
      ["--set", "url=http://127.0.0.1:\(peer.port)", "--set-secret", "project_token=@token"])
    return clinic
  }

  private func list(_ request: WebhookPeer.Request?) -> [[String: Any]] {
    let list = try? JSONSerialization.jsonObject(with: Data((request?.body ?? "").utf8))
    return list as? [[String: Any]] ?? []
  }

  private static let tracks = (0..<5).map {
    #"{"type":"track","event":"Tested","userId":"u\#($0)","messageId":"m\#($0)","timestamp":"2025-11-25T12:30:00.123Z","properties":{"email":"canary\#($0)@example.com"}}"#
      + "\n"
  }.joined()

  @Test func `events are imported together, profiles carry the token that the host puts in`() throws
  {
    let peer = try WebhookPeer("[{}]", paths: ["/import", "/engage", "/groups"])
    let run = try clinic(peer).deliver(VendorEvents.all())
    #expect(run.code == 0 && run.delivered == 6, "\(run.errors)")
    let requests = peer.requests
    #expect(
      requests.map(\.target) == ["/engage?verbose=1", "/groups?verbose=1", "/import?strict=1"])
    let user = try #require(list(requests[0]).first)
    #expect(user["$token"] as? String == "hush-token")
    #expect(user["$distinct_id"] as? String == "u1")
    #expect(
      (user["$set"] as? [String: String])
        == ["$email": "a@example.com", "$name": "Ann Example", "plan": "gold"])
    let group = try #require(list(requests[1]).first)
    #expect(group["$group_id"] as? String == "g1" && group["$group_key"] as? String == "group_id")
    // base64 of "hush-token:".
    #expect(requests[2].headers?["authorization"] == "Basic aHVzaC10b2tlbjo=")
    let events = list(requests[2])
    #expect(
      events.map { $0["event"] as? String } == [
        "Order Completed", "Viewed Home Page", "Viewed Screen", "$merge",
      ])
    let order = try #require(events[0]["properties"] as? [String: Any])
    #expect(order["$insert_id"] as? String == "m2" && order["distinct_id"] as? String == "u1")
    #expect(order["time"] as? Int == 1_764_073_800_123)
    #expect(requests[2].body?.contains(#""revenue":120.50"#) == true)
    let merge = events[3]["properties"] as? [String: Any]
    #expect(merge?["$distinct_ids"] as? [String] == ["old1", "u1"])
  }

  @Test func `of a 400 that names events the others were taken`() throws {
    let answer =
      #"{"code":400,"error":"some data points in the request failed validation","status":"Bad Request","num_records_imported":3,"failed_records":[{"index":0,"insert_id":"m0","field":"properties.time","message":"canary0@example.com"},{"index":3,"insert_id":"m3","field":"event"}]}"#
    let peer = try WebhookPeer(WebhookPeer.steps((400, answer)), path: "/import")
    let clinic = try clinic(peer)
    let run = try clinic.deliver(Self.tracks)
    #expect(run.delivered == 3 && run.dead == ["rejected_by_destination": 2], "\(run.errors)")
    #expect(peer.requests.count == 1)
    let letters = try clinic.done("dead-letter", "list", "hook").output
    #expect(letters.contains("does not take properties.time") && !letters.contains("canary0@"))
  }

  @Test(arguments: [(400, "{}"), (400, "no JSON"), (413, "")])
  func `an answer that names none is halved, and one event is set aside`(
    status: Int, answer: String
  ) throws {
    // Of five: all, the first two, the last three, the third, the last two.
    let peer = try WebhookPeer(
      WebhookPeer.steps(
        (status, answer), (200, "{}"), (status, answer), (status, answer), (200, "{}")),
      path: "/import")
    let run = try clinic(peer).deliver(Self.tracks)
    #expect(run.delivered == 4 && run.dead == ["rejected_by_destination": 1], "\(run.errors)")
  }

  @Test func `a profile that is not taken is set aside, though the status is 200`() throws {
    let peer = try WebhookPeer(
      WebhookPeer.steps((200, #"{"error":"bad","status":0}"#), (200, #"{"error":"","status":1}"#)),
      path: "/engage")
    let run = try clinic(peer).deliver(Clinic.events(2))
    #expect(run.delivered == 1 && run.dead == ["rejected_by_destination": 1], "\(run.errors)")
  }

  @Test func `a 429 and a 502 lose nothing, a 401 stops the destination`() throws {
    let peer = try WebhookPeer(
      #"[{"status":429,"headers":{"Retry-After":"1"}},{"status":502},{}]"#, path: "/import")
    let run = try clinic(peer).deliver(Self.tracks)
    #expect(run.delivered == 5 && run.dead.isEmpty, "\(run.errors)")
    let strict = try WebhookPeer(#"[{"status":401}]"#, path: "/import")
    let refused = try clinic(strict).deliver(Self.tracks)
    #expect(refused.delivered == 0 && refused.dead.isEmpty && strict.requests.count == 1)
  }

  @Test func `ciphertext is longer than Mixpanel keeps, so the host does not send it`() throws {
    let peer = try WebhookPeer("[{}]", path: "/import")
    let clinic = try clinic(peer)
    try clinic.sealEmail()
    let run = try clinic.deliver(Self.tracks)
    #expect(run.delivered == 0, "\(run.dead) \(run.errors)")
    #expect(peer.requests.isEmpty)
  }
}
