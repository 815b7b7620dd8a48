import AdapterLoading
import Foundation
import Synchronization
import Testing
import Workbench

@testable import HostCommands

/// Amplitude's HTTP V2 API as its documentation has it, played by a peer: what is sent, and what each answer comes to.
@Suite(
  .enabled(
    if: Sealpost.isBuilt && Sealpost.hasPython, "needs sealpost beside the tests, and python3"))
struct AmplitudeTests {
  private func clinic(_ peer: WebhookPeer, _ words: String...) throws -> Clinic {
    let clinic = try Clinic()
    try clinic.folder.write("key", #"hush"key"#)
    try clinic.install("AmplitudeDestination", product: "com.amplitude.analytics")
    try clinic.addDestination(
      "com.amplitude.analytics",
      ["--set", "url=http://127.0.0.1:\(peer.port)", "--set-secret", "api_key=@key"] + words)
    return clinic
  }

  @Test func `each kind of event becomes what the documentation asks for, key in the body`() throws
  {
    let peer = try WebhookPeer("[{}]", path: "/2/httpapi")
    let clinic = try clinic(peer)
    let run = try clinic.deliver(VendorEvents.all(but: "alias"))
    #expect(run.code == 0 && run.delivered == 5, "\(run.errors)")
    let request = try #require(peer.requests.first)
    #expect(request.method == "POST" && request.target == "/2/httpapi")
    let body = try #require(request.json)
    #expect(body["api_key"] as? String == #"hush"key"#)
    #expect((body["options"] as? [String: Int]) == ["min_id_length": 1])
    let events = try #require(body["events"] as? [[String: Any]])
    #expect(
      events.map { $0["event_type"] as? String } == [
        "$identify", "Order Completed", "Viewed Home Page", "Viewed Screen", "$identify",
      ])
    #expect(events.allSatisfy { $0["user_id"] as? String == "u1" })
    #expect(events.allSatisfy { $0["device_id"] as? String == "a1" })
    #expect(events.map { $0["insert_id"] as? String } == ["m1", "m2", "m3", "m4", "m5"])
    #expect(events.allSatisfy { $0["time"] as? Int == 1_764_073_800_123 })
    #expect((events[0]["user_properties"] as? [String: String])?["email"] == "a@example.com")
    #expect(events[1]["revenue"] as? Double == 120.5)
    #expect(request.body?.contains(#""revenue":120.50"#) == true)
    #expect((events[4]["groups"] as? [String: String]) == ["group": "g1"])
  }

  @Test func `the other API has another path, and its own size of requests`() throws {
    let peer = try WebhookPeer("[{}]", path: "/batch")
    let clinic = try clinic(peer, "--set", "api=batch")
    #expect(try clinic.deliver().delivered == 30)
    #expect(peer.requests.map(\.target) == ["/batch"])
  }

  @Test func `events that a 400 names are set aside with the field's name, the others sent again`()
    throws
  {
    let answer =
      #"{"code":400,"error":"Request has events with invalid fields","events_with_invalid_fields":{"time":[1]},"events_with_missing_fields":{"event_type":[3]},"events_with_invalid_id_lengths":{"user_id":[3,4]},"silenced_events":[7]}"#
    let peer = try WebhookPeer(WebhookPeer.steps((400, answer), (200, "{}")), path: "/2/httpapi")
    let clinic = try clinic(peer)
    let run = try clinic.deliver()
    #expect(run.delivered == 26 && run.dead == ["rejected_by_destination": 4], "\(run.errors)")
    #expect(peer.requests.count == 2)
    let events = peer.requests.last?.json?["events"] as? [[String: Any]]
    #expect(
      events?.compactMap { $0["insert_id"] as? String }
        == (0..<30).filter { ![1, 3, 4, 7].contains($0) }.map { "m\($0)" })
    let letters = try clinic.done("dead-letter", "list", "hook").output
    #expect(letters.contains("does not take the value of time"))
    #expect(letters.contains("misses event_type"))
  }

  @Test(arguments: [
    #"{"code":400,"error":"Invalid API key: hush\"key"}"#,
    #"{"code":400,"error":"Missing request field","missing_field":"api_key"}"#,
  ])
  func `a 400 about the key stops the destination, and the key is not told`(answer: String) throws {
    let peer = try WebhookPeer(WebhookPeer.steps((400, answer)), path: "/2/httpapi")
    let clinic = try clinic(peer)
    let run = try clinic.deliver()
    #expect(run.delivered == 0 && run.dead.isEmpty && peer.requests.count == 1)
    #expect(run.errors.contains("Amplitude knows no such API key"))
    #expect(!run.errors.contains("hush"))
  }

  @Test(arguments: [
    "", "[]", #"{"code":400,"events_with_invalid_fields":{"time":[99]}}"#,
    #"{"code":400,"events_with_invalid_fields":"time"}"#,
  ])
  func `a 400 that names none of the events is halved, and one event is set aside`(answer: String)
    throws
  {
    // Of three events: the whole, the first, the last two, the second, the third.
    let peer = try WebhookPeer(
      WebhookPeer.steps((400, answer), (200, "{}"), (400, answer), (400, answer), (200, "{}")),
      path: "/2/httpapi")
    let clinic = try clinic(peer)
    let run = try clinic.deliver(Clinic.events(3))
    #expect(run.delivered == 2 && run.dead == ["rejected_by_destination": 1], "\(run.errors)")
    #expect(peer.requests.count == 5)
  }

  @Test func `a 413 is halved`() throws {
    let peer = try WebhookPeer(WebhookPeer.steps((413, "{}"), (200, "{}")), path: "/2/httpapi")
    let clinic = try clinic(peer)
    #expect(try clinic.deliver().delivered == 30)
    #expect(peer.requests.count == 3)
  }

  @Test func `a 429 makes the events wait as long as it says, and nothing is lost`() throws {
    let peer = try WebhookPeer(
      #"[{"status":429,"headers":{"Retry-After":"1"},"body":"{\"code\":429}"},{}]"#,
      path: "/2/httpapi")
    let clinic = try clinic(peer)
    let run = try clinic.deliver()
    #expect(run.delivered == 30 && run.dead.isEmpty, "\(run.errors)")
    let ids = peer.requests.dropFirst().flatMap {
      ($0.json?["events"] as? [[String: Any]] ?? []).compactMap { $0["insert_id"] as? String }
    }
    #expect(Set(ids).count == 30)
  }

  /// What becomes of four events, and which were sent in each request, when the first is answered so and the rest 200.
  private func throttled(
    _ answer: String, headers: [HTTPCall.Header] = []
  ) throws -> (results: [EventResult], sent: [[String]]) {
    let bodies = Mutex<[[UInt8]]>([])
    let worker = try PluginWorker.start(
      "AmplitudeDestination", "{}", secrets: ["api_key": "hush"]
    ) { call in
      let count = bodies.withLock { bodies in
        bodies.append(Array(call.body))
        return bodies.count
      }
      return count == 1
        ? .response(status: 429, headers: headers, body: Array(answer.utf8))
        : .response(status: 200, headers: [], body: Array("{}".utf8))
    }
    defer { worker.stop() }
    var results: [EventResult] = []
    try worker.deliver(LargeBatch.batch(bytes: 60_500), into: &results)
    let sent = bodies.withLock { $0 }.map { body in
      String(decoding: body, as: UTF8.self).matches(of: #/"insert_id":"(m\d+)"/#)
        .map { String($0.1) }
    }
    return (results, sent)
  }

  @Test func `users that send too fast wait, as the answer names their events; the others go on`()
    throws
  {
    let (results, sent) = try throttled(
      #"{"code":429,"error":"Too many requests for some devices and users","eps_threshold":30,"throttled_devices":{"d1":31},"throttled_users":{"u1":32},"throttled_events":[1,3]}"#
    )
    #expect(sent == [["m0", "m1", "m2", "m3"], ["m0", "m2"]])
    let wait = EventResult(
      .retry, remoteCode: 429, retryAfterMilliseconds: 30_000,
      detail: "HTTP status 429: this user or device sends too fast")
    #expect(results == [EventResult(.delivered), wait, EventResult(.delivered), wait])
  }

  @Test(arguments: [
    #"{"code":429,"throttled_users":{"u1":32},"throttled_devices":{}}"#,
    #"{"code":429,"throttled_events":[]}"#, #"{"code":429,"throttled_events":[99]}"#,
    #"{"code":429,"throttled_events":{"u1":1}}"#, "",
  ])
  func `a 429 that names none of the events makes the whole destination wait`(answer: String)
    throws
  {
    let (results, sent) = try throttled(answer)
    #expect(sent.count == 1)
    #expect(
      results.allSatisfy {
        $0.outcome == .retry && $0.wholeDestination && $0.retryAfterMilliseconds == 30_000
      })
    let asked = try throttled(answer, headers: [.init(name: "retry-after", value: "7")])
    #expect(asked.results.allSatisfy { $0.retryAfterMilliseconds == 7000 && $0.wholeDestination })
  }

  @Test func `ciphertext arrives as it was sealed and can be opened`() throws {
    let peer = try WebhookPeer("[{}]", path: "/2/httpapi")
    let clinic = try clinic(peer)
    try clinic.sealEmail()
    #expect(try clinic.deliver().delivered == 30)
    let events = try #require(peer.requests.first?.json?["events"] as? [[String: Any]])
    #expect(peer.requests.first?.body?.contains("canary") == false)
    #expect(try clinic.opened(events).contains("canary7@example.com"))
  }
}
