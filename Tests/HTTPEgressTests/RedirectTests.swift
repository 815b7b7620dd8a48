import HTTPWire
import Testing
import Workbench

@testable import HTTPEgress

@Suite(.enabled(if: Peer.isThere, "python3 is the other side"))
struct RedirectTests {
  private static func step(_ status: Int, _ location: String) -> String {
    #"{"status":\#(status),"headers":{"Location":"\#(location)"}}"#
  }

  @Test(arguments: [307, 308])
  func `a redirect that keeps the request is followed with its body`(status: Int) throws {
    let peer = try Peer(#"{"/a":[\#(Self.step(status, "b?c"))],"/b":[{"body":"there"}]}"#)
    let egress = try HTTPEgress(try peer.rules { $0.secrets = ["token": Array("hush".utf8)] })
    let response = try egress.post(
      peer.url("/a"), "data", fields: [HTTPField("Authorization", "Bearer {{secret:token}}")])
    #expect(response.body == Array("there".utf8))
    let last = try #require(peer.requests.last)
    #expect(last.method == "POST" && last.target == "/b?c" && last.body == "data")
    // The same origin gets what the first request had.
    #expect(last.headers?["authorization"] == "Bearer hush")
    #expect(egress.counts.requests == 2 && egress.counts.connections == 1)
  }

  @Test(arguments: [301, 302, 303])
  func `a redirect that would drop the body is an answer, and a GET follows it`(
    status: Int
  ) throws {
    let peer = try Peer(#"{"/a":[\#(Self.step(status, "/b"))],"/b":[{"body":"login page"}]}"#)
    let egress = try HTTPEgress(try peer.rules())
    #expect(try egress.post(peer.url("/a"), "data").status == status)
    #expect(peer.requests.count == 1)
    let got = try egress.send(
      EgressRequest(method: "GET", url: peer.url("/a")), by: .now.advanced(by: .seconds(5)))
    #expect(got.body == Array("login page".utf8))
  }

  @Test(arguments: [
    "https://evil.example/", "//evil.example/", "http://169.254.169.254/latest/meta-data/",
    "http://[::1]/", "http://127.0.0.1:1/", "javascript:x", "http://user@127.0.0.1/",
    "http://0x7f000001/",
  ])
  func `a redirect to where nothing may go is refused`(location: String) throws {
    let peer = try Peer(#"{"/":[\#(Self.step(307, location))]}"#)
    let egress = try HTTPEgress(try peer.rules())
    let outcome = failure { () throws(EgressFailure) in try egress.post(peer.url("/")) }
    #expect(outcome?.kind == .refused)
    #expect(outcome?.description.hasPrefix("the redirect") == true)
    #expect(egress.counts.connections == 1)
  }

  @Test func `a redirect to another origin takes no secret along`() throws {
    let other = try Peer(#"{"/":[{}]}"#)
    let peer = try Peer(#"{"/":[\#(Self.step(307, other.url("/")))]}"#)
    let egress = try HTTPEgress(
      try peer.rules {
        $0.hosts.formUnion([EgressRules.Host("127.0.0.1:\(other.port)")!])
        $0.secrets = ["token": Array("hush".utf8)]
      })
    _ = try egress.post(
      peer.url("/"),
      fields: [
        HTTPField("X-Key", "{{secret:token}}"), HTTPField("Authorization", "Basic abc"),
        HTTPField("Cookie", "a=b"), HTTPField("X-Plain", "1"),
      ])
    let headers = try #require(other.requests.first?.headers)
    #expect(headers["x-plain"] == "1")
    for name in ["x-key", "authorization", "cookie"] { #expect(headers[name] == nil) }
    #expect(peer.requests.first?.headers?["x-key"] == "hush")
  }

  @Test func `a loop of redirects ends`() throws {
    let peer = try Peer(#"{"/":[\#(Self.step(307, "/"))]}"#)
    let egress = try HTTPEgress(try peer.rules())
    let outcome = failure { () throws(EgressFailure) in try egress.post(peer.url("/")) }
    #expect(outcome?.kind == .unavailable)
    #expect(outcome?.description == "there are more than 5 redirects")
    #expect(peer.requests.count == 6)
  }

  @Test(.enabled(if: Judge.hasOpenSSL, "openssl makes the certificates"))
  func `a redirect from https to http is never followed`() throws {
    let plain = try Peer(#"{"/":[{}]}"#)
    let peer = try Peer(#"{"/":[\#(Self.step(307, plain.url("/")))]}"#, certificate: "good")
    let root = try Certificates.shared.get().root
    let egress = try HTTPEgress(
      try peer.rules {
        $0.hosts.formUnion([EgressRules.Host("127.0.0.1:\(plain.port)")!])
        $0.additionalTrust = root
      })
    let outcome = failure { () throws(EgressFailure) in
      try egress.post(peer.url("/", scheme: "https"))
    }
    #expect(outcome?.kind == .refused)
    #expect(plain.requests.isEmpty)
  }
}
