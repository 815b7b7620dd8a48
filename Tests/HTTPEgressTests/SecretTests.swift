import HTTPWire
import Testing

@testable import HTTPEgress

@Suite(.enabled(if: Peer.isThere, "python3 is the other side"))
struct SecretTests {
  @Test func `secrets go where their marks stand`() throws {
    let peer = try Peer(#"{"/in/a%2Bb%20c/d":[{}]}"#)
    let egress = try HTTPEgress(
      try peer.rules {
        $0.secrets = ["path": Array("a+b c/d".utf8), "key": Array("key".utf8)]
      })
    let text = "The quick brown fox jumps over the lazy dog"
    let response = try egress.post(
      peer.url("/in/{{secret:path}}?q={{secret:key}}"), String(text.dropFirst(4)),
      fields: [
        HTTPField("Authorization", "Bearer {{secret:key}}; {{secret:key}}"),
        HTTPField("X-Hex", "v1={{hmac-sha256:key:hex:The }}"),
        HTTPField("X-Base64", "{{hmac-sha256:key:base64:The }}"),
      ])
    #expect(response.status == 200)
    let request = try #require(peer.requests.first)
    #expect(request.target == "/in/a%2Bb%20c/d?q=key")
    #expect(request.headers?["authorization"] == "Bearer key; key")
    // A known answer: HMAC-SHA256 under "key" of the sentence about the fox.
    #expect(
      request.headers?["x-hex"]
        == "v1=f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8")
    #expect(request.headers?["x-base64"] == "97yD9DBThCSxMpjmqm+xQ+9NWaFJRhdZl0edvC0aPNg=")
    #expect(request.body == String(text.dropFirst(4)))
  }

  @Test func `a text with a secret goes before the body, and the body stays as it is`() throws {
    let peer = try Peer(#"{"/":[{}]}"#)
    let egress = try HTTPEgress(
      try peer.rules { $0.secrets = ["key": Array("a\"b\\\u{1}ü".utf8)] })
    _ = try egress.post(
      peer.url("/"), #"["{{json:key}}"]}"#,
      fields: [
        HTTPField(":body-start", #"{"api_key":{{json:key}},"events":"#),
        HTTPField("X-Key", "{{hmac-sha256:key:hex:}}"),
      ])
    let request = try #require(peer.requests.first)
    #expect(request.body == #"{"api_key":"a\"b\\\u0001ü","events":["{{json:key}}"]}"#)
    #expect(request.headers?[":body-start"] == nil)
    // Over the whole body, as the receiver sees it.
    #expect(
      request.headers?["content-length"] == "\(request.body.map(\.utf8.count) ?? 0)")
  }

  @Test(arguments: [
    ("{{secret:key}}", EgressFailure.Kind.invalid), ("{{json}}", .invalid),
    ("{{json:other}}", .refused), ("{{json:key", .invalid),
  ])
  func `a text before the body whose mark cannot be filled keeps the request here`(
    text: String, kind: EgressFailure.Kind
  ) throws {
    let peer = try Peer(#"{"/":[{}]}"#)
    let egress = try HTTPEgress(try peer.rules { $0.secrets = ["key": Array("hush".utf8)] })
    let outcome = failure { () throws(EgressFailure) in
      try egress.post(peer.url("/"), "x", fields: [HTTPField(":body-start", text)])
    }
    #expect(outcome?.kind == kind)
    #expect(peer.requests.isEmpty)
  }

  @Test func `a body with a secret follows a redirect to its own origin alone`() throws {
    let other = try Peer(#"{"/":[{}]}"#)
    let peer = try Peer(
      #"{"/away":[{"status":307,"headers":{"Location":"\#(other.url("/"))"}}],"/near":[{"status":307,"headers":{"Location":"/b"}}],"/b":[{}]}"#
    )
    let egress = try HTTPEgress(
      try peer.rules {
        $0.hosts.formUnion([EgressRules.Host("127.0.0.1:\(other.port)")!])
        $0.secrets = ["key": Array("hush".utf8)]
      })
    let start = [HTTPField(":body-start", "{{json:key}}")]
    #expect(try egress.post(peer.url("/near"), "x", fields: start).status == 200)
    #expect(peer.requests.last?.body == "\"hush\"x")
    let outcome = failure { () throws(EgressFailure) in
      try egress.post(peer.url("/away"), "x", fields: start)
    }
    #expect(outcome?.kind == .refused && outcome?.description.contains("another origin") == true)
    #expect(other.requests.isEmpty)
  }
}
