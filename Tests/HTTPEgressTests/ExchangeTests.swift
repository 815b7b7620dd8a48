import Foundation
import Glibc
import HTTPWire
import Testing

@testable import HTTPEgress

/// Against a server that answers, or fails to, as it is told.
@Suite(.enabled(if: Peer.isThere, "python3 is the other side"))
struct ExchangeTests {
  @Test func `a request arrives as it was meant, and its answer comes back`() throws {
    let peer = try Peer(
      #"{"/in":[{"status":202,"headers":{"X-Seen":"yes"},"body":"thanks"}]}"#)
    let egress = try HTTPEgress(try peer.rules())
    let response = try egress.post(
      peer.url("/in?a=b"), #"{"é":1}"#, fields: [HTTPField("X-One", "1"), HTTPField("x-two", "2")])
    #expect(response.status == 202)
    #expect(HTTPFields(response.fields)["x-seen"] == "yes")
    #expect(response.body == Array("thanks".utf8))
    let request = try #require(peer.requests.first)
    #expect(request.method == "POST" && request.target == "/in?a=b")
    #expect(request.body == #"{"é":1}"#)
    #expect(request.headers?["host"] == "127.0.0.1:\(peer.port)")
    #expect(request.headers?["content-length"] == "8")
    #expect(request.headers?["x-one"] == "1" && request.headers?["x-two"] == "2")
    #expect(request.headers?["user-agent"] == "sealpost")
    let counts = egress.counts
    #expect(counts.requests == 1 && counts.responses == [2: 1] && counts.connections == 1)
    #expect(counts.sentBytes > 100 && counts.receivedBytes > 20)
  }

  @Test(arguments: [200, 204, 304, 400, 401, 403, 404, 409, 413, 429, 500, 503, 599])
  func `every status is an answer`(status: Int) throws {
    let peer = try Peer(#"{"/":[{"status":\#(status)}]}"#)
    #expect(try HTTPEgress(try peer.rules()).post(peer.url("/")).status == status)
  }

  @Test func `one connection serves request after request`() throws {
    let peer = try Peer(#"{"/":[{"body":"a"},{"bytes":5000,"chunked":true},{"status":500}]}"#)
    let egress = try HTTPEgress(try peer.rules())
    for _ in 0..<20 { _ = try egress.post(peer.url("/")) }
    #expect(egress.counts.connections == 1)
    #expect(Set(peer.requests.map(\.connection)) == [1])
    #expect(peer.requests.count == 20)
  }

  @Test(arguments: [
    #"[{"headers":{"Connection":"close"}}]"#, #"[{"do":"answer-and-hangup"}]"#,
  ])
  func `a connection that the server closes is not used again`(steps: String) throws {
    let peer = try Peer(#"{"/":\#(steps)}"#)
    let egress = try HTTPEgress(try peer.rules())
    for _ in 0..<5 {
      #expect(try egress.post(peer.url("/")).status == 200)
      // What the server does behind its answer has to arrive.
      usleep(30_000)
    }
    #expect(peer.requests.count == 5)
  }

  @Test
  func `a server that hangs up on a used connection gets what may be repeated, and nothing else`()
    throws
  {
    let peer = try Peer(
      #"{"/":[{},{"do":"hangup"},{"body":"again"}],"/p":[{},{"do":"hangup"},{}]}"#)
    let egress = try HTTPEgress(try peer.rules())
    _ = try egress.post(peer.url("/"), method: "PUT")
    #expect(try egress.post(peer.url("/"), method: "PUT").body == Array("again".utf8))
    _ = try egress.post(peer.url("/p"))
    #expect(
      failure { () throws(EgressFailure) in try egress.post(peer.url("/p")) }?.kind == .unavailable)
    #expect(peer.requests.filter { $0.target == "/p" }.count == 2)
    let key = [HTTPField("Idempotency-Key", "m1")]
    let other = try Peer(#"{"/":[{},{"do":"reset"},{}]}"#)
    let keyed = try HTTPEgress(try other.rules())
    _ = try keyed.post(other.url("/"), fields: key)
    #expect(try keyed.post(other.url("/"), fields: key).status == 200)
  }

  @Test(arguments: [
    ("reset", EgressFailure.Kind.unavailable), ("hangup", .unavailable), ("never", .timedOut),
    ("drip", .timedOut), ("endless", .tooLarge),
  ])
  func `a server that gives no answer is told apart by what it does`(
    what: String, kind: EgressFailure.Kind
  ) throws {
    let peer = try Peer(#"{"/":[{"do":"\#(what)"}]}"#)
    let egress = try HTTPEgress(try peer.rules())
    let outcome = failure { () throws(EgressFailure) in
      try egress.post(peer.url("/"), within: .milliseconds(700))
    }
    #expect(outcome?.kind == kind)
    #expect(egress.counts.failures == [kind: 1])
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nhello",
    "HTTP/1.1 200 OK\nContent-Length: 0\n\n", "HTTP/2 200\r\n\r\n", "nonsense\r\n\r\n",
    "HTTP/1.1 101 Switching\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "HTTP/1.1 200 OK\r\nX: " + String(repeating: "y", count: 40_000) + "\r\n\r\n",
    String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 10), "",
  ])
  func `an answer that is none counts as no answer`(bytes: String) throws {
    let step = try JSONSerialization.data(withJSONObject: ["do": "raw", "body": bytes])
    let peer = try Peer(#"{"/":[\#(String(decoding: step, as: UTF8.self))]}"#)
    let egress = try HTTPEgress(try peer.rules())
    #expect(
      failure { () throws(EgressFailure) in try egress.post(peer.url("/")) }?.kind == .unavailable)
  }

  @Test func `interim answers are passed over`() throws {
    let bytes =
      "HTTP/1.1 100 Continue\\r\\n\\r\\nHTTP/1.1 103 Hints\\r\\nLink: x\\r\\n\\r\\nHTTP/1.1 201 Made\\r\\nContent-Length: 0\\r\\n\\r\\n"
    let peer = try Peer(#"{"/":[{"do":"raw","body":"\#(bytes)"}]}"#)
    #expect(try HTTPEgress(try peer.rules()).post(peer.url("/")).status == 201)
  }

  @Test func `an answer is taken up to its limit`() throws {
    let peer = try Peer(
      #"{"/a":[{"bytes":1000}],"/b":[{"bytes":1001}],"/c":[{"bytes":1001,"chunked":true}]}"#)
    let egress = try HTTPEgress(try peer.rules { $0.longestResponseBody = 1000 })
    #expect(try egress.post(peer.url("/a")).body.count == 1000)
    for path in ["/b", "/c"] {
      #expect(
        failure { () throws(EgressFailure) in try egress.post(peer.url(path)) }?.kind == .tooLarge)
    }
  }

  @Test func `a refusal that comes before the body is read is heard`() throws {
    let peer = try Peer(#"{"/":[{"do":"early"}]}"#)
    let egress = try HTTPEgress(try peer.rules())
    let body = String(repeating: "x", count: 12 << 20)
    #expect(try egress.post(peer.url("/"), body).status == 413)
  }

  @Test func `when nobody waits any more the connection is closed at once`() throws {
    let peer = try Peer(#"{"/":[{"do":"never"}]}"#)
    let egress = try HTTPEgress(try peer.rules())
    var ends: [Int32] = [-1, -1]
    #expect(unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    let other = ends[1]
    Thread.detachNewThread {
      usleep(200_000)
      close(other)
    }
    let start = ContinuousClock.now
    let outcome = failure { () throws(EgressFailure) in
      try egress.send(
        EgressRequest(method: "POST", url: peer.url("/")), by: start.advanced(by: .seconds(60)),
        interrupt: ends[0])
    }
    close(ends[0])
    #expect(outcome?.kind == .cancelled)
    for _ in 0..<100 where peer.requests.count < 2 { usleep(20_000) }
    #expect(peer.requests.last?.target == "closed")
  }

  @Test func `nobody listens there`() throws {
    let peer = try Peer("{}")
    let rules = try peer.rules { $0.hosts = [EgressRules.Host("127.0.0.1:1")!] }
    let outcome = try failureOf(rules, "http://127.0.0.1:1/")
    #expect(outcome?.kind == .unavailable)
    #expect(outcome?.description.contains("Connection refused") == true)
  }

  @Test func `a name that is none is unavailable`() throws {
    let rules = EgressRules(hosts: [EgressRules.Host("nothing.invalid")!])
    #expect(try failureOf(rules, "https://nothing.invalid/")?.kind == .unavailable)
  }

  private func failureOf(_ rules: EgressRules, _ url: String) throws -> EgressFailure? {
    let egress = try HTTPEgress(rules)
    return failure { () throws(EgressFailure) in try egress.post(url) }
  }
}
