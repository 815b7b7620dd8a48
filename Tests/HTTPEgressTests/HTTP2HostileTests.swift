import Foundation
import HTTP2
import Testing

@testable import HTTPEgress

/// Servers of HTTP/2 that hang up, refuse, or attack.
@Suite(.enabled(if: Peer.hasHTTP2, "\(HTTP2Peer.why)"))
struct HTTP2HostileTests {
  // MARK: - What may be sent again

  @Test(arguments: ["refuse", "goaway-before"])
  func `what the server has not touched is sent again, whatever its method`(what: String) throws {
    let server = try HTTP2Peer(#"{"/":[{"do":"\#(what)"},{"body":"again"}]}"#)
    #expect(try server.post().body == Array("again".utf8))
    #expect(server.egress.counts.requests == 2)
    #expect(server.egress.counts.connections == (what == "refuse" ? 1 : 2))
  }

  @Test func `a server that refuses again and again is given up`() throws {
    let server = try HTTP2Peer(#"{"/":[{"do":"refuse"}]}"#)
    let outcome = server.failure()
    #expect(outcome?.kind == .unavailable)
    #expect(outcome?.description == "the server refused the stream")
    #expect(server.egress.counts.requests == 3)
  }

  @Test func `a refusal in the middle of a body is one, too`() throws {
    let server = try HTTP2Peer(#"{"/":[{"do":"refuse-at-once"},{"body":"again"}]}"#)
    let body = String(repeating: "x", count: 300_000)
    #expect(try server.post("/", body).body == Array("again".utf8))
    #expect(server.peer.requests.last { $0.target == "/" }?.body == body)
  }

  @Test func `what the server may have read is sent again only if it may be`() throws {
    let server = try HTTP2Peer(
      #"{"/":[{},{"do":"hangup"},{"body":"again"}],"/p":[{"do":"hangup"},{}]}"#)
    _ = try server.post("/", method: "PUT")
    #expect(try server.post("/", method: "PUT").body == Array("again".utf8))
    #expect(server.failure("/p")?.kind == .unavailable)
    #expect(server.peer.requests.filter { $0.target == "/p" }.count == 1)
  }

  @Test func `a stream that the server breaks off is no answer, and the connection goes on`() throws
  {
    let server = try HTTP2Peer(#"{"/r":[{"do":"reset"}],"/w":[{"do":"reset-within"}],"/":[{}]}"#)
    for path in ["/r", "/w"] {
      let outcome = server.failure(path)
      #expect(outcome?.kind == .unavailable)
      #expect(outcome?.description == "the server broke the stream off (INTERNAL_ERROR)")
    }
    #expect(try server.post().status == 200)
    #expect(server.egress.counts.connections == 1 && server.egress.counts.requests == 3)
  }

  @Test func `after a goodbye what is under way is answered, and what follows goes elsewhere`()
    throws
  {
    let server = try HTTP2Peer(#"{"/":[{"do":"goaway-after","body":"last"},{"body":"new"}]}"#)
    #expect(try server.post().body == Array("last".utf8))
    #expect(try server.post().body == Array("new".utf8))
    #expect(server.egress.counts.connections == 2)
  }

  @Test func `a server that hangs up within an answer has given none, to any of those who wait`()
    throws
  {
    let server = try HTTP2Peer(
      #"{"/":[{"do":"never"},{"do":"never"},{"do":"never"},{"do":"hangup-within"}]}"#)
    for outcome in server.together(4) {
      #expect(throws: EgressFailure.self) { try outcome.get() }
    }
    #expect(server.egress.counts.failures == [.unavailable: 4])
  }

  // MARK: - Which version

  @Test func `a server that asks for HTTP/1.1 gets it`() throws {
    let server = try HTTP2Peer(#"{"alpn":["h2","http/1.1"],"/":[{"do":"http11"}]}"#)
    // The peer chooses h2 where it is offered: what comes as HTTP/1.1 was offered nothing else.
    #expect(try server.post().body == Array("http".utf8))
    #expect(try server.post().body == Array("http".utf8))
    #expect(server.egress.counts.http2Connections == 1)
  }

  @Test func `a server that knows HTTP/1.1 alone is spoken to as before`() throws {
    let server = try HTTP2Peer(#"{"alpn":["http/1.1"]}"#)
    #expect(try server.together(4).allSatisfy { try $0.get().body == Array("http".utf8) })
    #expect(server.egress.counts.http2Connections == 0)
  }

  @Test func `without the library HTTP/1.1 is offered, and everything works`() throws {
    let server = try HTTP2Peer(#"{"alpn":["h2","http/1.1"]}"#) { $0.http2 = nil }
    #expect(try server.post().body == Array("http".utf8))
    #expect(server.peer.requests.first?.version == "HTTP/1.1")
  }

  @Test func `a server that chooses what was not offered is not spoken to`() throws {
    let server = try HTTP2Peer(#"{"imposes":"h3","/":[{}]}"#)
    let outcome = server.failure()
    #expect(outcome?.kind == .unavailable)
    // From 3.0.15 on OpenSSL refuses it in the handshake.
    let words = outcome?.description ?? ""
    #expect(words.contains("bad extension") || words.contains("was not offered"), "\(words)")
    #expect(server.peer.requests.isEmpty)
    // What it imposes is taken when it was offered.
    let second = try HTTP2Peer(#"{"imposes":"http/1.1"}"#)
    #expect(try second.post().body == Array("http".utf8))
  }

  // MARK: - Time

  @Test(arguments: ["never", "drip"])
  func `a server that does not come to an end runs out of time`(what: String) throws {
    let server = try HTTP2Peer(#"{"/":[{"do":"\#(what)"}]}"#)
    #expect(server.failure(within: .milliseconds(700))?.kind == .timedOut)
  }

  @Test func `a connection that has fallen silent is not used again`() throws {
    let server = try HTTP2Peer(#"{"/":[{},{"do":"never"},{}]}"#)
    _ = try server.post()
    #expect(server.failure(within: .milliseconds(300))?.kind == .timedOut)
    _ = server.logged { $0.target == "closed" }
    #expect(try server.post().status == 200)
    #expect(server.egress.counts.connections == 2)
  }

  @Test func `requests for which there is no stream wait no longer than they may`() throws {
    let server = try HTTP2Peer(#"{"announce":0,"/":[{}]}"#)
    // The first may go out before it is known how many are taken.
    _ = server.failure(within: .milliseconds(500))
    #expect(server.failure(within: .milliseconds(500))?.kind == .timedOut)
  }

  // MARK: - Attacks

  @Test(arguments: ["ping", "settings", "data", "continuation", "window", "padding"])
  func `a flood of frames that come to nothing ends the connection`(of: String) throws {
    let server = try HTTP2Peer(#"{"/":[{"do":"flood","of":"\#(of)"}]}"#)
    let outcome = server.failure()
    #expect(outcome?.kind == .unavailable)
    #expect(server.logged { $0.target == "flood over" } != nil)
    #expect(server.egress.counts.receivedBytes < 2 << 20)
  }

  @Test func `a head that unfolds to more than its limit ends the connection`() throws {
    let server = try HTTP2Peer(
      #"{"/bomb":[{"do":"bomb"}],"/long":[{"do":"long-head","count":90}],"/many":[{"do":"long-head","count":101}],"/fine":[{"do":"long-head","count":60}]}"#
    )
    #expect(try server.post("/fine").fields.count == 60)
    for path in ["/bomb", "/long", "/many"] {
      let outcome = server.failure(path)
      #expect(outcome?.kind == .unavailable)
      #expect(outcome?.description.contains("head") == true)
    }
  }

  @Test func `data beyond the window ends the connection`() throws {
    let server = try HTTP2Peer(#"{"/":[{"do":"beyond-window"}]}"#) {
      $0.longestResponseBody = 64 << 20
    }
    let outcome = server.failure()
    #expect(outcome?.kind == .unavailable)
    #expect(outcome?.description == "the server does not keep to HTTP/2: FLOW_CONTROL_ERROR")
  }

  @Test func `a body that never ends is given up at its limit`() throws {
    let server = try HTTP2Peer(#"{"/":[{"do":"endless"}],"/f":[{}]}"#)
    #expect(server.failure()?.kind == .tooLarge)
    #expect(server.egress.counts.receivedBytes < 4 << 20)
    #expect(try server.post("/f").status == 200)
  }

  @Test func `a head that no answer may have is no answer`() throws {
    let heads = [
      #"[[":status","200"],["connection","close"]]"#,
      #"[[":status","200"],["transfer-encoding","chunked"]]"#,
      #"[[":status","200"],["upgrade","x"]]"#, #"[[":status","200"],["keep-alive","x"]]"#,
      #"[[":status","200"],["X-Upper","x"]]"#, #"[[":status","200"],["a b","x"]]"#,
      #"[[":status","200"],["x","a\r\nb: c"]]"#, #"[[":status","200"],["x","a\u0000b"]]"#,
      #"[[":status","200"],[":status","201"]]"#, #"[["x","y"],[":status","200"]]"#,
      #"[["x","y"]]"#, #"[[":status","abc"]]"#, #"[[":status","600"]]"#, #"[[":status","101"]]"#,
      #"[[":status","200"],[":path","/"]]"#, #"[[":status","200"],["content-length","5"]]"#,
      #"[[":status","200"],["content-length","0"],["content-length","1"]]"#,
    ]
    let server = try HTTP2Peer(
      HTTP2Peer.plan(heads.map { #"{"do":"bad-fields","fields":\#($0)}"# }))
    for (number, head) in heads.enumerated() {
      #expect(server.failure("/\(number)", within: .seconds(3))?.kind == .unavailable, "\(head)")
    }
  }

  /// Frames by hand: nine bytes of length, type, flags, stream; then what is in them.
  @Test
  func `a server that breaks the format has answered nothing, and the next request goes elsewhere`()
    throws
  {
    let shapes = [
      ("a header block that is none", "0000020104SSSSSSSS ffff"),
      ("settings of a wrong length", "000005040000000000 0000000000"),
      ("settings on a stream", "0000000400SSSSSSSS"),
      ("a window of nothing", "000004080000000000 00000000"),
      ("a window beyond 2^31", "000004080000000000 7fffffff 000004080000000000 7fffffff"),
      ("data on a stream that nobody opened", "000001000000000063 78"),
      ("a head on a stream that nobody opened", "000001010500000063 88"),
      ("a stream with an even number", "000001010500000002 88"),
      ("a reset of a stream that nobody opened", "000004030000000063 00000000"),
      ("a continuation of nothing", "0000010904SSSSSSSS 88"),
      ("a head that another frame breaks into", "0000010100SSSSSSSS 88 000000040000000000"),
      ("a frame longer than agreed", "ffffff0000SSSSSSSS"),
      ("padding longer than its frame", "0000020008SSSSSSSS ff00"),
      ("a ping of the wrong length", "000001060000000000 00"),
      ("an answer of HTTP/1.1", "485454502f312e3120343030204261640d0a0d0a"),
    ]
    let server = try HTTP2Peer(
      HTTP2Peer.plan(
        shapes.map { #"{"do":"frames","hex":"\#($0.1.filter { $0 != " " })"},{"body":"fine"}"# }))
    for (number, shape) in shapes.enumerated() {
      let outcome = server.failure("/\(number)", within: .seconds(3))
      #expect(outcome?.kind == .unavailable, "\(shape.0)")
      #expect(try server.post("/\(number)").body == Array("fine".utf8), "\(shape.0)")
    }
    #expect(server.egress.counts.connections > shapes.count)
  }

  @Test func `a push that nobody wants ends the connection`() throws {
    let server = try HTTP2Peer(#"{"/":[{"do":"push"}]}"#)
    #expect(server.failure(within: .seconds(3))?.kind == .unavailable)
  }
}
