import EventJSON
import Foundation
import Gzip
import HTTPWire
import HTTPListener
import Testing

@testable import TrackingAPI

@Suite struct CallTests {
  private static let event = #"{"userId":"u1","messageId":"m1"}"#

  @Test(
    arguments: ["identify", "track", "page", "screen", "group", "alias"], ["/v1/", "/"])
  func `each call stands for its type, with and without v1`(name: String, prefix: String) throws {
    let service = try TestService()
    let answer = try service.call(prefix + name, #"{"type":"other","userId":"u1"}"#)
    #expect(answer.status == 200 && answer.body == #"{"success":true}"#)
    #expect(answer.head.contains("Content-Type: application/json"))
    #expect(service.events.map { $0["type"] as? String } == [name])
    #expect(service.calls.map(\.source) == ["website"] && service.calls.allSatisfy { !$0.isBatch })
  }

  @Test(arguments: ["/v1/batch", "/batch", "/v1/import", "/import", "/v1/batch?x=y"])
  func `a batch brings each event with its type`(path: String) throws {
    let service = try TestService()
    let answer = try service.call(
      path,
      #"{"batch":[{"type":"track","event":"A","userId":"u"},{"type":"page","anonymousId":"a"}],"sentAt":"2026-01-02T03:04:05Z"}"#
    )
    #expect(answer.status == 200)
    #expect(service.events.map { $0["type"] as? String } == ["track", "page"])
    #expect(service.events.allSatisfy { $0["sentAt"] as? String == "2026-01-02T03:04:05Z" })
    #expect(service.events.allSatisfy { $0["receivedAt"] is String && $0["timestamp"] is String })
    #expect(service.calls[0].isBatch)
  }

  @Test func `the write key comes by the header or in the body, and goes no further`() throws {
    let service = try TestService()
    let key = TestService.key
    let inBody = #"{"writeKey":"\#(key)","userId":"u1"}"#
    #expect(try service.call("/v1/track", inBody, authorization: nil).status == 200)
    let batch = #"{"writeKey":"\#(key)","batch":[{"userId":"u1","writeKey":"\#(key)"}]}"#
    #expect(try service.call("/v1/batch", batch, authorization: nil).status == 200)
    #expect(service.calls.count == 2)
    for call in service.calls {
      #expect(!String(decoding: call.lines, as: UTF8.self).contains(key))
    }
    let password = "Basic " + Data("\(key):any".utf8).base64EncodedString()
    #expect(try service.call("/v1/track", Self.event, authorization: password).status == 200)
    #expect(
      try service.call("/v1/track", Self.event, authorization: "bAsIc " + password.dropFirst(6))
        .status == 200)
  }

  @Test(arguments: [
    nil, "Basic", "Basic !!!", "Basic \(Data("wrong:".utf8).base64EncodedString())",
    "Bearer \(TestService.key)", "Basic \(Data([0xFF, 0xFE]).base64EncodedString())",
    "Basic \(String(repeating: "QUFB", count: 200))",
  ])
  func `a call without a key that opens a source is refused with 401`(
    authorization: String?
  ) throws {
    let service = try TestService()
    // A header that is wrong is not mended by a key in the body.
    let body = authorization == nil ? Self.event : #"{"writeKey":"\#(TestService.key)"}"#
    let answer = try service.call("/v1/track", body, authorization: authorization)
    #expect(answer.status == 401 && answer.code == "unauthorized")
    #expect(answer.head.contains("WWW-Authenticate: Basic realm="))
    #expect(answer.json["success"] as? Bool == false && answer.json["message"] is String)
    #expect(service.calls.isEmpty)
  }

  @Test(arguments: [
    ("/v1/track", "", "not_json"), ("/v1/track", "{", "not_json"),
    ("/v1/track", #"{"userId":"u"} x"#, "not_json"), ("/v1/track", "[]", "not_an_object"),
    ("/v1/batch", "{}", "no_batch"), ("/v1/batch", #"{"batch":{}}"#, "no_batch"),
    ("/v1/batch", "\"\u{0}\"", "not_json"),
    (
      "/v1/batch", #"{"batch":[\#(Array(repeating: "{}", count: 2_501).joined(separator: ","))]}"#,
      "too_many_events"
    ),
  ])
  func `what is no call is refused with 400 and why`(
    path: String, body: String, code: String
  ) throws {
    let service = try TestService()
    let answer = try service.call(path, body)
    #expect(answer.status == 400 && answer.code == code)
    #expect(service.calls.isEmpty)
  }

  @Test func `an empty batch is a success`() throws {
    let service = try TestService()
    #expect(try service.call("/v1/batch", #"{"batch":[]}"#).body == #"{"success":true}"#)
  }

  @Test func `events that are none are told; one alone is refused`() throws {
    let service = try TestService { call in
      call.accept(rejections: call.events.indices.filter { $0 != 1 }.map { ($0, .missingUser) })
    }
    let batch = try service.call("/v1/batch", #"{"batch":[{},{"userId":"u"},{}]}"#)
    #expect(batch.status == 200 && batch.json["success"] as? Bool == true)
    #expect(batch.json["rejected"] as? Int == 2)
    let told = batch.json["rejections"] as? [[String: Any]]
    #expect(told?.map { $0["index"] as? Int } == [0, 2])
    #expect(told?.first?["code"] as? String == "missing_user")
    #expect(
      told?.first?["message"] as? String == #""userId" or "anonymousId" is missing or empty"#)
    let single = try service.call("/v1/track", "{}")
    #expect(single.status == 400 && single.code == "missing_user")
    let none = try service.call("/v1/batch", #"{"batch":[{}]}"#)
    #expect(none.status == 400 && none.code == "missing_user")
  }

  @Test func `an event beyond 32 KB is not taken over, a body beyond 500 KB not read`() throws {
    let service = try TestService { call in
      let long = call.events.indices.filter { call.events[$0].range.isEmpty }
      call.accept(
        rejections: long.map { ($0, .tooLong(bytes: call.events[$0].length, limit: 32 << 10)) })
    }
    func event(_ bytes: Int) -> String {
      let frame = #"{"userId":"u","a":""}"#
      return #"{"userId":"u","a":"\#(String(repeating: "x", count: bytes - frame.utf8.count))"}"#
    }
    #expect(try service.call("/v1/track", event(32 << 10)).status == 200)
    #expect(try service.call("/v1/track", event(32 << 10 + 1)).status == 413)
    let batch = try service.call("/v1/batch", #"{"batch":[\#(event(40_000)),\#(event(100))]}"#)
    #expect(batch.status == 200 && batch.json["rejected"] as? Int == 1)
    let body = #"{"batch":[]}"#
    let filled = body + String(repeating: " ", count: 500 << 10 - body.utf8.count)
    #expect(try service.call("/v1/batch", filled).status == 200)
    let answer = try service.call("/v1/batch", filled + " ")
    #expect(answer.status == 413 && answer.code == "too_long")
  }

  @Test(arguments: [
    ("GET", "/v1/track", 405), ("PUT", "/v1/batch", 405), ("POST", "/v1/other", 404),
    ("POST", "/", 404), ("POST", "/v2/track", 404), ("POST", "/v1/track/", 404),
    ("POST", "/v1/v1/track", 404), ("GET", "/healthz", 404), ("OPTIONS", "/x", 404),
  ])
  func `other paths and methods are told`(method: String, path: String, status: Int) throws {
    let answer = try TestService().call(path, Self.event, method: method)
    #expect(answer.status == status && answer.json["success"] as? Bool == false)
    #expect(answer.head.contains("Allow: POST, OPTIONS") == (status == 405))
  }

  @Test func `a browser of another origin may send`() throws {
    let service = try TestService()
    let preflight = try service.call(
      "/v1/batch", "", method: "OPTIONS", authorization: nil,
      headers: [
        "Origin: https://shop.example.com", "Access-Control-Request-Method: POST",
        "Access-Control-Request-Headers: authorization,content-type",
      ])
    #expect(preflight.status == 204 && preflight.body.isEmpty)
    for field in [
      "Access-Control-Allow-Origin: *", "Access-Control-Allow-Methods: POST",
      "Access-Control-Allow-Headers: Authorization, Content-Type, Content-Encoding, X-Retry-Count",
      "Access-Control-Max-Age: 86400",
    ] {
      #expect(preflight.head.contains(field))
    }
    for (key, status) in [(TestService.basic, 200), ("Basic x", 401)] {
      let answer = try service.call(
        "/v1/track", Self.event, authorization: key, headers: ["Origin: https://shop.example.com"])
      #expect(answer.status == status && answer.head.contains("Access-Control-Allow-Origin: *"))
    }
  }

  @Test func `back-pressure is told with the time to come back`() throws {
    let full = try TestService { $0.turnAway("full") }.call("/v1/track", Self.event)
    #expect(full.status == 503 && full.head.contains("Retry-After: 5"))
    let fast = try TestService { $0.slowDown() }.call("/v1/track", Self.event)
    #expect(fast.status == 429 && fast.head.contains("Retry-After: 1"))
  }

  @Test(.enabled(if: Gzip.isAvailable, "zlib is not installed here"))
  func `gzip is read, a bomb and a broken one are refused`() throws {
    let service = try TestService()
    let gzip = ["Content-Encoding: gzip"]
    let good = try Self.packed(#"{"batch":[\#(Self.event)]}"#)
    #expect(try service.call("/v1/batch", good, headers: gzip).status == 200)
    #expect(service.events.count == 1)
    #expect(
      try service.call("/v1/batch", Array(good.dropLast(3)), headers: gzip).code == "bad_gzip")
    let bomb = try Self.packed(String(repeating: " ", count: 20 << 20))
    #expect(bomb.count < 100_000)
    let answer = try service.call("/v1/batch", bomb, headers: gzip)
    #expect(answer.status == 413 && answer.code == "too_long")
  }

  @Test func `where zlib is absent gzip is refused with the package to install`() throws {
    let service = try TestService(readsGzip: false)
    let answer = try service.call("/v1/track", Self.event, headers: ["Content-Encoding: gzip"])
    #expect(answer.status == 415 && answer.code == "unsupported_encoding")
    #expect(answer.body.contains("install zlib1g, or send the body as it is"))
    #expect(service.calls.isEmpty)
    #expect(try service.call("/v1/track", Self.event).status == 200)
  }

  @Test(arguments: ["br", "deflate", "gzip, gzip", "x"])
  func `another encoding is refused with 415`(encoding: String) throws {
    let answer = try TestService().call(
      "/v1/track", Self.event, headers: ["Content-Encoding: \(encoding)"])
    #expect(answer.status == 415 && answer.code == "unsupported_encoding")
  }

  private static func packed(_ text: String) throws -> [UInt8] {
    let process = Process()
    let (input, output) = (Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-c"]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    let bytes = Data(text.utf8)
    Thread.detachNewThread {
      input.fileHandleForWriting.write(bytes)
      try? input.fileHandleForWriting.close()
    }
    let packed = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Array(packed)
  }
}

@Suite struct AddressTests {
  private static let event = #"{"userId":"u1"}"#

  private func ip(
    _ service: TestService, _ headers: [String] = [], _ body: String = event
  ) throws -> String? {
    #expect(try service.call("/v1/track", body, headers: headers).status == 200)
    return (service.events.first?["context"] as? [String: Any])?["ip"] as? String
  }

  @Test func `context ip is the peer's, unless the event brings one`() throws {
    let service = try TestService()
    #expect(try ip(service) == "127.0.0.1")
    #expect(try ip(service, ["X-Forwarded-For: 203.0.113.7"]) == "127.0.0.1")
    #expect(try ip(service, [], #"{"userId":"u","context":{"ip":"0.0.0.0"}}"#) == "0.0.0.0")
  }

  @Test(arguments: [
    ("203.0.113.7", "203.0.113.7"), ("6.6.6.6, 203.0.113.7", "203.0.113.7"),
    ("203.0.113.7, 10.1.2.3", "203.0.113.7"), ("10.9.9.9, 10.1.2.3", "10.9.9.9"),
    ("2001:db8::1", "2001:db8::1"), ("[2001:db8::1]:443", "2001:db8::1"),
    ("203.0.113.7:5000", "203.0.113.7"), ("203.0.113.7, unknown", "127.0.0.1"),
    ("unknown, 10.1.2.3", "10.1.2.3"), ("", "127.0.0.1"), ("::ffff:203.0.113.7", "203.0.113.7"),
  ])
  func `what trusted proxies say is believed, as far as each is trusted`(
    list: String, expected: String
  ) throws {
    let service = try TestService(proxies: ["127.0.0.1", "10.0.0.0/8"])
    #expect(try ip(service, ["X-Forwarded-For: \(list)"]) == expected)
  }

  @Test func `several fields are one list`() throws {
    let service = try TestService(proxies: ["127.0.0.0/8"])
    #expect(
      try ip(service, ["X-Forwarded-For: 6.6.6.6", "X-Forwarded-For: 203.0.113.9"])
        == "203.0.113.9")
  }

  @Test func `a process of this machine has no address`() {
    var proxies = TrustedProxies()
    #expect(proxies.sender(.local, HTTPFields()) == nil)
    let forwarded = HTTPFields([HTTPField("X-Forwarded-For", "203.0.113.7")])
    #expect(proxies.sender(.local, forwarded) == nil)
    let isAdded = proxies.add("unix")
    #expect(isAdded)
    #expect(proxies.sender(.local, forwarded) == IPAddress("203.0.113.7"))
  }

  @Test(arguments: ["", "10.0.0.0/33", "10.0.0.0/", "x", "10.0.0.0/-1", "::1/129", "10.0.0.0/8/8"])
  func `what is no network is refused`(text: String) {
    var proxies = TrustedProxies()
    let isAdded = proxies.add(text)
    #expect(!isAdded)
  }
}
