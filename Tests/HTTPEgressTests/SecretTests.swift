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
}
