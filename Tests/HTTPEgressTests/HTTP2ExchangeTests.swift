import Foundation
import Glibc
import HTTP2
import HTTPWire
import Testing

@testable import HTTPEgress

/// Against a server of HTTP/2 that keeps to the rules.
@Suite(.enabled(if: Peer.hasHTTP2, "\(HTTP2Peer.why)"))
struct HTTP2ExchangeTests {
  @Test func `a request arrives as it was meant, over HTTP/2, and its answer comes back`() throws {
    let server = try HTTP2Peer(
      #"{"/in":[{"status":202,"headers":[["x-seen","yes"]],"body":"thanks"}]}"#)
    let response = try server.egress.post(
      server.url("/in?a=b"), #"{"é":1}"#,
      fields: [HTTPField("X-One", "1"), HTTPField("Content-Type", "application/json")])
    #expect(response.status == 202 && response.body == Array("thanks".utf8))
    #expect(response.fields == [HTTPField("x-seen", "yes")])
    let request = try #require(server.peer.requests.first)
    #expect(request.body == #"{"é":1}"#)
    #expect(
      request.fields == [
        [":method", "POST"], [":scheme", "https"], [":authority", "localhost:\(server.peer.port)"],
        [":path", "/in?a=b"], ["x-one", "1"], ["content-type", "application/json"],
        ["user-agent", "sealpost"], ["content-length", "8"],
      ])
    let counts = server.egress.counts
    #expect(counts.requests == 1 && counts.responses == [2: 1])
    #expect(counts.connections == 1 && counts.http2Connections == 1)
    #expect(counts.sentBytes > 100 && counts.receivedBytes > 20)
  }

  @Test(arguments: [200, 204, 304, 400, 401, 404, 413, 429, 500, 503, 599])
  func `every status is an answer`(status: Int) throws {
    let server = try HTTP2Peer(#"{"/":[{"status":\#(status)}]}"#)
    #expect(try server.post().status == status)
  }

  @Test func `one connection serves request after request`() throws {
    let server = try HTTP2Peer(#"{"/":[{"body":"a"},{"bytes":5000},{"status":500}]}"#)
    for _ in 0..<20 { _ = try server.post() }
    #expect(server.egress.counts.connections == 1)
    #expect(server.peer.requests.map(\.stream) == (0..<20).map { 1 + 2 * $0 })
  }

  @Test func `threads that send at once share a connection, and their requests overlap`() throws {
    let server = try HTTP2Peer(#"{"/":[{"gather":8,"body":"all"}]}"#)
    let outcomes = server.together(8)
    #expect(try outcomes.allSatisfy { try $0.get().body == Array("all".utf8) })
    #expect(server.egress.counts.connections == 1)
    #expect(Set(server.peer.requests.compactMap(\.body)) == Set((0..<8).map(String.init)))
  }

  @Test func `no more requests are under way at once than the server allows`() throws {
    let server = try HTTP2Peer(
      #"{"settings":{"max_concurrent_streams":3},"/first":[{}],"/":[{"gather":3}]}"#
    ) { $0.idleTime = .seconds(1) }
    // Its settings come with the first answer at the latest.
    _ = try server.post("/first")
    let outcomes = server.together(12)
    #expect(try outcomes.allSatisfy { try $0.get().status == 200 })
    #expect(server.egress.counts.connections == 1)
    // What the server saw it tells at the end.
    #expect(server.logged { $0.target == "closed" }?.most == 3)
  }

  @Test func `bodies beyond the flow control's window arrive whole, both ways, from all threads`()
    throws
  {
    let server = try HTTP2Peer(#"{"/":[{"bytes":1000000}]}"#)
    let body = String(repeating: "0123456789", count: 300_000)
    #expect(try server.post("/", body).body.count == 1_000_000)
    #expect(server.peer.requests.first?.body == body)
    #expect(try server.together(4).allSatisfy { try $0.get().body.count == 1_000_000 })
  }

  @Test func `interim answers are passed over, up to a limit, and trailers dropped`() throws {
    let server = try HTTP2Peer(
      #"{"/":[{"interim":3,"status":201,"body":"b","trailers":[["x-end","1"]]}],"/m":[{"interim":9}]}"#
    )
    let response = try server.post()
    #expect(response.status == 201 && response.body == [UInt8(ascii: "b")])
    #expect(response.fields.isEmpty)
    #expect(server.failure("/m")?.kind == .unavailable)
    // The connection outlives what was wrong with one answer.
    #expect(try server.post().status == 201)
    #expect(server.egress.counts.connections == 1)
  }

  @Test func `HEAD has the length of a body and none`() throws {
    let server = try HTTP2Peer(
      #"{"/":[{"headers":[["content-length","5000000"]],"bytes":5}]}"#)
    let response = try server.post("/", "", method: "HEAD")
    #expect(response.status == 200 && response.body.isEmpty)
  }

  @Test func `an answer is taken up to its limit, with its length said or not`() throws {
    let server = try HTTP2Peer(
      #"{"/a":[{"bytes":1000}],"/b":[{"bytes":1001}],"/c":[{"headers":[["content-length","1001"]],"bytes":1001}]}"#
    ) { $0.longestResponseBody = 1000 }
    #expect(try server.post("/a").body.count == 1000)
    #expect(server.failure("/b")?.kind == .tooLarge)
    #expect(server.failure("/c")?.kind == .tooLarge)
    #expect(server.egress.counts.connections == 1)
  }

  @Test func `a refusal that comes before the body is read is heard, and the body broken off`()
    throws
  {
    let server = try HTTP2Peer(#"{"/":[{"do":"early"},{}]}"#)
    #expect(try server.post("/", String(repeating: "x", count: 12 << 20)).status == 413)
    #expect(server.logged { $0.target == "reset" }?.code == 8)
    #expect(try server.post().status == 200)
    #expect(server.egress.counts.connections == 1)
  }

  @Test func `a redirect is followed by the same rules`() throws {
    let server = try HTTP2Peer(
      #"{"/old":[{"status":307,"headers":[["location","/new"]]}],"/new":[{"body":"here"}],"/out":[{"status":308,"headers":[["location","https://elsewhere.example/"]]}]}"#
    )
    #expect(try server.post("/old", "kept").body == Array("here".utf8))
    #expect(server.peer.requests.last?.body == "kept")
    #expect(server.failure("/out")?.kind == .refused)
  }

  @Test func `a secret is put in by the host, and never kept in a compression table`() throws {
    let server = try HTTP2Peer(#"{"/":[{}]}"#) { $0.secrets = ["key": Array("s3cret".utf8)] }
    for _ in 0..<3 {
      _ = try server.egress.post(
        server.url(), fields: [HTTPField("X-Key", "{{secret:key}}"), HTTPField("X-Plain", "p")])
    }
    for request in server.peer.requests {
      #expect(request.fields?.contains(["x-key", "s3cret"]) == true)
    }
    let rules = try server.peer.rules { $0.secrets = ["key": Array("s3cret".utf8)] }
    let request = try CheckedRequest(
      EgressRequest(
        method: "GET", url: server.url(),
        fields: [HTTPField("X-Key", "{{secret:key}}"), HTTPField("Authorization", "a")]), rules)
    #expect(request.http2.secretNames == ["x-key", "authorization"])
  }

  @Test func `when nobody waits any more the stream is reset at once, and the others go on`()
    throws
  {
    let server = try HTTP2Peer(#"{"/never":[{"do":"never"}],"/":[{}]}"#)
    _ = try server.post()
    var ends: [Int32] = [-1, -1]
    #expect(unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    let other = ends[1]
    Thread.detachNewThread {
      usleep(200_000)
      close(other)
    }
    let outcome = failure { () throws(EgressFailure) in
      try server.egress.send(
        EgressRequest(method: "POST", url: server.url("/never")),
        by: .now.advanced(by: .seconds(60)), interrupt: ends[0])
    }
    close(ends[0])
    #expect(outcome?.kind == .cancelled)
    #expect(server.logged { $0.target == "reset" }?.code == 8)
    #expect(try server.post().status == 200)
    #expect(server.egress.counts.connections == 1)
  }

  @Test func `an idle connection says goodbye`() throws {
    let server = try HTTP2Peer(#"{"/":[{}]}"#) { $0.idleTime = .milliseconds(100) }
    _ = try server.post()
    #expect(server.logged { $0.target == "goaway" }?.code == 0)
    #expect(server.logged { $0.target == "closed" } != nil)
    #expect(try server.post().status == 200)
    #expect(server.egress.counts.connections == 2)
  }

  @Test func `with whoever sent, its connections go`() throws {
    var server: HTTP2Peer? = try HTTP2Peer(#"{"/":[{}]}"#)
    _ = try server?.post()
    let peer = try #require(server?.peer)
    server = nil
    for _ in 0..<250 where !peer.requests.contains(where: { $0.target == "closed" }) {
      usleep(20_000)
    }
    #expect(peer.requests.contains { $0.target == "goaway" })
  }
}
