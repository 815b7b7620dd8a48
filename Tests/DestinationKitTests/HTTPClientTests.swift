import CDestinationAdapter
import Foundation
import Synchronization
import Testing

@testable import DestinationKit

@Suite struct HTTPClientTests {
  private let host = TestHost(offersHTTP: true)

  private func client() throws -> HTTPClient {
    try #require(unsafe AdapterHost(host.pointer).http)
  }

  private func failure(_ client: HTTPClient) -> HTTPFailure? {
    do {
      _ = try client.send(HTTPRequest(url: "https://a.example/"))
      return nil
    } catch { return error }
  }

  @Test func `a request goes out as it was written`() throws {
    let request = HTTPRequest(
      "PUT", url: "https://a.example/x",
      headers: [HTTPHeader("X-A", "1"), HTTPHeader("X-Ä", "{{secret:token}}")],
      timeout: .milliseconds(1500))
    let body = Array("bödy".utf8)
    _ = try unsafe client().send(request, body: body.span.bytes, call: CallToken(rawValue: 7))
    #expect(
      host.http.withLock { $0.requests } == [
        TestHTTP.Request(
          method: "PUT", url: "https://a.example/x", headers: ["X-A: 1", "X-Ä: {{secret:token}}"],
          body: "bödy", timeout: 1500, call: 7)
      ])
  }

  @Test func `an answer is copied whole`() throws {
    host.http.withLock {
      $0.steps = [.answer(status: 429, headers: [("retry-after", "3"), ("x", "")], body: "slow")]
    }
    let response = try client().send(HTTPRequest(url: "https://a.example/"))
    #expect(
      response
        == HTTPResponse(
          status: 429, headers: [HTTPHeader("retry-after", "3"), HTTPHeader("x", "")],
          body: Array("slow".utf8)))
    #expect(response.header("retry-after") == "3")
    #expect(response.header("absent") == nil)
  }

  @Test(arguments: [
    (DESTINATION_INVALID, HTTPFailure.Kind.invalid), (DESTINATION_REFUSED, .refused),
    (DESTINATION_UNAVAILABLE, .unavailable), (DESTINATION_TIMED_OUT, .timedOut),
    (DESTINATION_CANCELLED, .cancelled), (DESTINATION_TOO_LARGE, .tooLarge),
    (DESTINATION_FAILED, .unavailable), (99, .unavailable),
  ])
  func `a failure has its kind and the host's words`(status: Int32, kind: HTTPFailure.Kind) throws {
    host.http.withLock { $0.steps = [.failure(status, "because")] }
    #expect(try failure(client()) == HTTPFailure(kind, "because"))
  }

  @Test func `a host that says more than there is room for, or nothing, is survived`() throws {
    let long = String(repeating: "x", count: 5000)
    host.http.withLock { $0.steps = [.failure(DESTINATION_REFUSED, long), .silence, .shortAnswer] }
    let client = try client()
    #expect(failure(client)?.text.utf8.count == 1024)
    #expect(failure(client)?.kind == .unavailable)
    #expect(failure(client)?.kind == .unavailable)
  }

  @Test(arguments: [
    (Duration.zero, UInt32(1)), (.milliseconds(1), 1), (.seconds(2), 2000), (.seconds(-1), 1),
    (.seconds(Int64.max), .max),
  ])
  func `no timeout turns into none`(timeout: Duration, milliseconds: UInt32) throws {
    _ = try client().send(HTTPRequest(url: "https://a.example/", timeout: timeout))
    #expect(host.http.withLock { $0.requests.first?.timeout } == milliseconds)
  }

  @Test func `a host without HTTP has no client`() {
    #expect(unsafe AdapterHost(TestHost().pointer).http == nil)
  }
}
