import Testing

@testable import HTTPEgress
import HTTPWire

/// What is refused before a byte leaves; none of it opens a connection.
@Suite struct RuleTests {
  private func refusal(
    _ url: String, hosts: [String] = ["api.example.com", "localhost:8080", "127.0.0.1"],
    fields: [HTTPField] = [], method: String = "POST",
    _ change: (inout EgressRules) -> Void = { _ in }
  ) throws -> EgressFailure? {
    var rules = EgressRules(hosts: Set(hosts.compactMap { EgressRules.Host($0) }))
    change(&rules)
    let egress = try HTTPEgress(rules)
    let outcome = failure { () throws(EgressFailure) in
      try egress.post(url, fields: fields, method: method, within: .seconds(5))
    }
    #expect(egress.counts.connections == 0)
    return outcome
  }

  @Test(arguments: [
    "https://evil.example/", "https://api.example.com.evil.example/", "https://xapi.example.com/",
    "https://api.example.com:8443/", "https://localhost/", "https://127.0.0.2/", "https://[::1]/",
    "https://sub.api.example.com/",
  ])
  func `a host that is not on the list is refused`(url: String) throws {
    let failure = try refusal(url)
    #expect(failure?.kind == .refused)
    #expect(failure?.description.contains("not one that adapter.json names") == true)
  }

  @Test(arguments: [
    "http://api.example.com/", "http://localhost:8080/", "HTTP://127.0.0.1:443/",
  ])
  func `http without TLS is refused unless it is allowed`(url: String) throws {
    #expect(try refusal(url)?.description.contains("http without TLS is not allowed") == true)
  }

  @Test(arguments: ["https://127.0.0.1/", "https://localhost:8080/"])
  func `this machine and private networks are refused unless they are allowed`(
    url: String
  ) throws {
    let failure = try refusal(url)
    #expect(failure?.kind == .refused)
    #expect(failure?.description.contains("the host's address is private") == true)
  }

  @Test func `where clouds keep their metadata nothing is ever sent`() throws {
    let failure = try refusal("https://169.254.169.254/", hosts: ["169.254.169.254"]) {
      $0.allowsPrivateAddresses = true
    }
    #expect(failure?.kind == .refused)
    #expect(failure?.description.contains("link-local") == true)
  }

  @Test(arguments: [
    "", "api.example.com", "file:///etc/passwd", "https://api.example.com@evil.example/",
    "https://user:word@api.example.com/", "https://api.example.com/\r\nX: 1", "https://0x7f000001/",
    "https://api.example.com/ /", "gopher://api.example.com/",
    "https://api.example.com\\@evil.example/",
  ])
  func `a URL that is none is invalid, and not repeated in the error`(url: String) throws {
    let failure = try refusal(url)
    #expect(failure?.kind == .invalid)
    #expect(failure?.description.contains("evil") == false)
  }

  @Test(arguments: [
    HTTPField("X", "a\r\nInjected: 1"), HTTPField("X\r\nInjected", "1"), HTTPField("X Y", "1"),
    HTTPField("", "1"), HTTPField("Host", "evil.example"), HTTPField("content-length", "3"),
    HTTPField("Transfer-Encoding", "chunked"), HTTPField("Connection", "close"),
    HTTPField("Upgrade", "h2c"), HTTPField("Expect", "100-continue"), HTTPField("TE", "trailers"),
    HTTPField("X", "\u{0}"),
  ])
  func `a header field that would change the message is invalid`(field: HTTPField) throws {
    #expect(try refusal("https://api.example.com/", fields: [field])?.kind == .invalid)
  }

  @Test(arguments: ["CONNECT", "TRACE", "PO ST", "", "GET / HTTP/1.1\r\nX: 1\r\n\r\nGET"])
  func `a method that makes no plain request is invalid`(method: String) throws {
    #expect(try refusal("https://api.example.com/", method: method)?.kind == .invalid)
  }

  @Test(arguments: [
    ("https://api.example.com/{{secret:other}}", EgressFailure.Kind.refused),
    ("https://{{secret:token}}/", .invalid), ("{{secret:token}}", .invalid),
    ("https://api.example.com{{secret:token}}/", .invalid),
    ("https://api.example.com/{{token}}", .invalid),
    ("https://api.example.com/{{secret:token", .invalid),
    ("https://api.example.com/{{hmac-sha256:token:hex:}}", .invalid),
  ])
  func `a placeholder that is none, or of another's secret, goes nowhere`(
    url: String, kind: EgressFailure.Kind
  ) throws {
    let failure = try refusal(url) { $0.secrets = ["token": Array("hush".utf8)] }
    #expect(failure?.kind == kind)
    #expect(failure?.description.contains("hush") == false)
  }

  @Test(arguments: [
    "{{secret:other}}", "{{}}", "{{secret}}", "{{secret:}}", "{{hmac-sha256:token}}",
    "{{hmac-sha256:token:hex}}", "{{hmac-sha256:token:octal:}}", "{{hmac-sha256:other:hex:}}",
    "a {{ b",
  ])
  func `a header with a placeholder that cannot be filled goes nowhere`(value: String) throws {
    let failure = try refusal(
      "https://api.example.com/", fields: [HTTPField("X", value)]
    ) { $0.secrets = ["token": Array("hush".utf8)] }
    #expect(failure?.kind == .refused || failure?.kind == .invalid)
  }

  @Test func `a secret that would end its line is not sent, and not shown`() throws {
    let failure = try refusal(
      "https://api.example.com/", fields: [HTTPField("X", "{{secret:token}}")]
    ) { $0.secrets = ["token": Array("hush\r\nX-Injected: 1".utf8)] }
    #expect(failure?.kind == .invalid)
    #expect(failure?.description.contains("hush") == false)
  }

  @Test(arguments: [
    ("a.example", "a.example", nil as UInt16?), ("a.example:443", "a.example", 443),
    ("a.example:8080", "a.example", 8080),
  ])
  func `a manifest's host is a name with or without a port`(
    text: String, name: String, port: UInt16?
  ) {
    let host = EgressRules.Host(text)
    #expect(host?.name == name)
    #expect(host?.port == port)
  }

  @Test func `a setting's URL gives its host and port`() {
    let host = EgressRules.Host(
      url: "https://hooks.example.com/services/{{secret:token}}?a={{secret:b}}")
    #expect(host?.name == "hooks.example.com")
    #expect(host?.port == 443)
    #expect(EgressRules.Host(url: "https://{{secret:token}}/") == nil)
    #expect(EgressRules.Host(url: "nonsense") == nil)
  }
}
