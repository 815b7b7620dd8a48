import Gzip
import HTTPWire
import Testing

@testable import HTTPEgress

/// Bodies that the host compresses.
@Suite(.enabled(if: Gzip.isAvailable, "there is no zlib here"))
struct CompressionTests {
  private func checked(_ fields: [HTTPField], _ body: [UInt8]) throws -> CheckedRequest {
    var rules = EgressRules(hosts: Set([EgressRules.Host("a.example")].compactMap(\.self)))
    rules.secrets = ["key": Array("key".utf8)]
    return try CheckedRequest(
      EgressRequest(method: "POST", url: "https://a.example/", fields: fields, body: body[...]),
      rules)
  }

  @Test(arguments: [0, 1, 1000, 1_000_000])
  func `a body is compressed, whatever its length, and its length is told`(count: Int) throws {
    var generator = SystemRandomNumberGenerator()
    for body in [
      [UInt8](repeating: 0x78, count: count),
      (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) },
    ] {
      let request = try checked([HTTPField("Content-Encoding", "{{gzip}}")], body)
      var plain: [UInt8] = []
      try Gzip.decode(Array(request.body), into: &plain, limit: count)
      #expect(plain == body)
      #expect(HTTPFields(request.fields)["content-encoding"] == "gzip")
      #expect(
        String(decoding: request.head, as: UTF8.self)
          .contains("Content-Length: \(request.body.count)\r\n"))
    }
  }

  @Test func `what is computed of a body is computed of what goes out`() throws {
    let request = try checked(
      [HTTPField("X-Digest", "{{sha256}}"), HTTPField("Content-Encoding", "{{gzip}}")],
      Array("text".utf8))
    #expect(HTTPFields(request.fields)["x-digest"] == AWSSignature.digest(request.body))
  }

  @Test func `in any other field it is no mark`() {
    #expect(throws: EgressFailure.self) { try checked([HTTPField("X-A", "a{{gzip}}")], []) }
  }
}
