import Testing
import Workbench

@testable import HTTPEgress

@Suite(
  .enabled(if: Peer.isThere && Judge.hasOpenSSL, "python3 is the other side, openssl certifies it"))
struct TLSTests {
  private func egress(_ peer: Peer) throws -> HTTPEgress {
    let root = try Certificates.shared.get().root
    return try HTTPEgress(try peer.rules { $0.additionalTrust = root })
  }

  @Test(arguments: ["localhost", "127.0.0.1"])
  func `a server that proves its name or address is spoken to, over one connection`(
    host: String
  ) throws {
    let peer = try Peer(#"{"/":[{"body":"secure"}]}"#, certificate: "good")
    let egress = try egress(peer)
    for _ in 0..<10 {
      #expect(
        try egress.post(peer.url("/", scheme: "https", host: host)).body == Array("secure".utf8))
    }
    #expect(egress.counts.connections == 1)
    #expect(peer.requests.first?.headers?["host"] == "\(host):\(peer.port)")
  }

  @Test(arguments: ["expired", "early", "elsewhere", "alone", "partial"])
  func `a server that does not is never sent a byte of the request`(certificate: String) throws {
    let peer = try Peer(#"{"/":[{}]}"#, certificate: certificate)
    let egress = try egress(peer)
    let outcome = failure { () throws(EgressFailure) in
      try egress.post(peer.url("/", scheme: "https", host: "localhost"))
    }
    #expect(outcome?.kind == .unavailable)
    #expect(outcome?.description.contains("certificate") == true)
    #expect(peer.requests.isEmpty)
  }

  @Test func `a root that was not named is not trusted`() throws {
    let peer = try Peer(#"{"/":[{}]}"#, certificate: "good")
    let egress = try HTTPEgress(try peer.rules())
    let outcome = failure { () throws(EgressFailure) in
      try egress.post(peer.url("/", scheme: "https", host: "localhost"))
    }
    #expect(outcome?.description.contains("issuer") == true)
    #expect(peer.requests.isEmpty)
  }

  @Test func `a server that speaks no TLS gets nothing`() throws {
    let peer = try Peer(#"{"/":[{}]}"#)
    let egress = try egress(peer)
    let outcome = failure { () throws(EgressFailure) in
      try egress.post(peer.url("/", scheme: "https"), within: .seconds(2))
    }
    #expect(outcome != nil)
    #expect(peer.requests.allSatisfy { $0.body == "" })
  }

  @Test func `a body of many records arrives whole`() throws {
    let peer = try Peer(#"{"/":[{"bytes":1000000}]}"#, certificate: "good")
    let egress = try egress(peer)
    let body = String(repeating: "0123456789", count: 300_000)
    #expect(try egress.post(peer.url("/", scheme: "https"), body).body.count == 1_000_000)
    #expect(peer.requests.first?.body == body)
  }
}
