import Cryptography
import Foundation
import HTTPWire
import Synchronization
import Testing
import Workbench

@testable import HTTPEgress

/// Connections that are no HTTP, with a real other side.
@Suite(
  .enabled(if: Peer.isThere && Judge.hasOpenSSL, "python3 is the other side, openssl certifies it"))
struct ConnectionTests {
  private static func secured(_ rules: inout EgressRules) {
    rules.additionalTrust = try? Certificates.shared.get().root
  }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test(arguments: [true, false])
  func `what is written arrives, what is said is read, and the goodbye is answered`(
    isSecure: Bool
  ) throws {
    let peer = try ConnectionPeer("greet", certificate: isSecure ? "good" : nil)
    let egress = try peer.egress(Self.secured)
    let table = ConnectionTable(egress)
    let number = try table.open(peer.target(isSecure: isSecure), by: .after(.seconds(5)))
    #expect(number == 1 && table.count == 1)
    let hello = try table.read(from: number, most: 100, by: .after(.seconds(5)))
    #expect("hello".hasPrefix(text(hello)) && !hello.isEmpty)
    let long = [UInt8](repeating: UInt8(ascii: "x"), count: 900_000)
    try table.write(long[...], to: number, by: .after(.seconds(5)))
    try table.write(Array("end".utf8)[...], to: number, by: .after(.seconds(5)))
    try table.close(number, by: .after(.seconds(5)))
    #expect(table.count == 0)
    let ended = try #require(peer.ended(1).first)
    #expect(ended.ended == "goodbye")
    #expect(ended.read.count == 900_003 && ended.read.hasSuffix("xend"))
    let counts = egress.counts
    #expect(counts.connections == 1 && counts.sentBytes == 900_003 && counts.requests == 0)
    #expect(counts.receivedBytes == 5 && counts.failures.isEmpty)
  }

  @Test func `a read in vain leaves the connection as it was, a number of nobody's is not found`()
    throws
  {
    let peer = try ConnectionPeer("echo")
    let table = ConnectionTable(try peer.egress())
    let number = try table.open(peer.target(), by: .after(.seconds(5)))
    #expect(
      kind { () throws(EgressFailure) in
        _ = try table.read(from: number, most: 10, by: .after(.milliseconds(5)))
      } == .timedOut)
    try table.write(Array("abc".utf8)[...], to: number, by: .after(.seconds(5)))
    #expect(text(try table.read(from: number, most: 2, by: .after(.seconds(5)))) == "ab")
    #expect(text(try table.read(from: number, most: 2, by: .after(.seconds(5)))) == "c")
    try table.close(number, by: .after(.seconds(5)))
    for stranger in [number, 0, 2, .max] {
      #expect(
        kind { () throws(EgressFailure) in
          _ = try table.read(from: stranger, most: 10, by: .after(.seconds(1)))
        } == .notFound)
      #expect(
        kind { () throws(EgressFailure) in
          try table.write([1], to: stranger, by: .after(.seconds(1)))
        } == .notFound)
      #expect(
        kind { () throws(EgressFailure) in
          try table.close(stranger, by: .after(.seconds(1)))
        } == .notFound)
    }
  }

  @Test func `four are open at once and no more; numbers are not used twice`() throws {
    let peer = try ConnectionPeer("sink")
    let table = ConnectionTable(try peer.egress())
    let numbers = try (0..<4).map { _ in try table.open(peer.target(), by: .after(.seconds(5))) }
    for _ in 0..<50 {
      #expect(
        kind { () throws(EgressFailure) in
          _ = try table.open(peer.target(), by: .after(.seconds(5)))
        } == .tooLarge)
    }
    try table.close(numbers[2], by: .after(.seconds(5)))
    #expect(try table.open(peer.target(), by: .after(.seconds(5))) == 5)
    #expect(table.count == 4)
  }

  @Test func `what is open at the end is closed with a goodbye, and nothing is opened after`()
    throws
  {
    let peer = try ConnectionPeer("sink", certificate: "good")
    let table = ConnectionTable(try peer.egress(Self.secured))
    let target = peer.target(isSecure: true)
    for text in ["one", "two"] {
      let number = try table.open(target, by: .after(.seconds(5)))
      try table.write(Array(text.utf8)[...], to: number, by: .after(.seconds(5)))
    }
    table.end()
    #expect(table.count == 0)
    let ended = peer.ended(2)
    #expect(Set(ended.map(\.read)) == ["one", "two"])
    #expect(ended.allSatisfy { $0.ended == "goodbye" })
    #expect(
      kind { () throws(EgressFailure) in _ = try table.open(target, by: .after(.seconds(5))) }
        == .cancelled)
  }

  @Test func `one that is let go of without an end is closed all the same`() throws {
    let peer = try ConnectionPeer("sink")
    do {
      let table = ConnectionTable(try peer.egress())
      _ = try table.open(peer.target(), by: .after(.seconds(5)))
    }
    #expect(peer.ended(1).count == 1)
  }

  @Test func `a peer that hangs up is seen at the next read, and one that breaks is unavailable`()
    throws
  {
    let peer = try ConnectionPeer("hangup,reset")
    let table = ConnectionTable(try peer.egress())
    let first = try table.open(peer.target(), by: .after(.seconds(5)))
    #expect(try table.read(from: first, most: 10, by: .after(.seconds(5))).isEmpty)
    let second = try table.open(peer.target(), by: .after(.seconds(5)))
    try table.write([1, 2, 3], to: second, by: .after(.seconds(5)))
    #expect(
      kind { () throws(EgressFailure) in
        _ = try table.read(from: second, most: 10, by: .after(.seconds(5)))
      } == .unavailable)
    // What broke is closed.
    #expect(
      kind { () throws(EgressFailure) in
        try table.write([1], to: second, by: .after(.seconds(1)))
      } == .notFound)
  }

  @Test func `a peer that does not answer the goodbye costs the time that was given`() throws {
    let peer = try ConnectionPeer("rude")
    let table = ConnectionTable(try peer.egress())
    let number = try table.open(peer.target(), by: .after(.seconds(5)))
    #expect(
      kind { () throws(EgressFailure) in
        try table.close(number, by: .after(.milliseconds(100)))
      } == .timedOut)
    #expect(table.count == 0)
  }

  @Test func `a peer that never reads ends a write by its deadline, and the connection with it`()
    throws
  {
    let peer = try ConnectionPeer("stall")
    let table = ConnectionTable(try peer.egress())
    let number = try table.open(peer.target(), by: .after(.seconds(5)))
    let much = [UInt8](repeating: 0, count: 16 << 20)
    #expect(
      kind { () throws(EgressFailure) in
        try table.write(much[...], to: number, by: .after(.milliseconds(200)))
      } == .timedOut)
    #expect(table.count == 0)
  }

  @Test func `one that nobody uses is closed after a while`() throws {
    let peer = try ConnectionPeer("sink")
    let table = ConnectionTable(
      try peer.egress { $0.connectionIdleTime = .milliseconds(50) })
    _ = try table.open(peer.target(), by: .after(.seconds(5)))
    #expect(peer.ended(1).first?.ended == "goodbye")
    #expect(table.count == 0)
  }

  @Test(arguments: ["expired", "elsewhere", "alone"])
  func `who does not prove the name gets no byte`(certificate: String) throws {
    let peer = try ConnectionPeer("sink", certificate: certificate)
    let table = ConnectionTable(try peer.egress(Self.secured))
    #expect(
      kind { () throws(EgressFailure) in
        _ = try table.open(peer.target(isSecure: true), by: .after(.seconds(5)))
      } == .unavailable)
    #expect(peer.ended(1).allSatisfy { $0.read.isEmpty })
  }
}

/// What is refused before a connection is made.
@Suite struct ConnectionRuleTests {
  private func refusal(
    _ host: String, _ port: UInt16, isSecure: Bool = true, resolving addresses: [String] = [],
    hosts: [String] = ["logs.example.com:6514", "127.0.0.1:514", "[::1]:514"],
    _ change: (inout EgressRules) -> Void = { _ in }
  ) throws -> EgressFailure? {
    var rules = EgressRules(hosts: Set(hosts.compactMap { EgressRules.Host(pair: $0) }))
    rules.connectTimeout = .milliseconds(200)
    rules.resolve = { _ in addresses.compactMap { IPAddress($0) } }
    change(&rules)
    let egress = try ConnectionEgress(rules)
    let table = ConnectionTable(egress)
    guard let target = ConnectionTarget(asked: host, port: port, isSecure: isSecure) else {
      return nil
    }
    do throws(EgressFailure) {
      _ = try table.open(target, by: .after(.seconds(2)))
      return nil
    } catch {
      #expect(egress.counts.connections == 0 && egress.counts.failures == [error.kind: 1])
      return error
    }
  }

  @Test(
    arguments: [
      ("evil.example", 6514), ("logs.example.com", 6515), ("logs.example.com.evil.example", 6514),
      ("127.0.0.1", 6514), ("xlogs.example.com", 6514), ("sub.logs.example.com", 6514),
    ] as [(String, UInt16)])
  func `a host or port that is not on the list is refused`(host: String, port: UInt16) throws {
    let failure = try refusal(host, port)
    #expect(failure?.kind == .refused)
    #expect(failure?.description.contains("none that adapter.json names") == true)
  }

  @Test(arguments: ["127.0.0.1", "10.1.2.3", "::ffff:127.0.0.1", "fd00::1"])
  func `a name that leads to this machine or a private network is refused`(address: String) throws {
    let failure = try refusal("logs.example.com", 6514, resolving: [address])
    #expect(failure?.kind == .refused)
    #expect(failure?.description.contains("private or this machine's") == true)
  }

  @Test func `link-local is refused whatever is allowed`() throws {
    let failure = try refusal("logs.example.com", 6514, resolving: ["169.254.169.254", "fe80::1"]) {
      $0.allowsPrivateAddresses = true
    }
    #expect(failure?.description.contains("link-local") == true)
  }

  @Test func `without TLS nothing goes unless it is allowed, and never into the open network`()
    throws
  {
    let asked = try refusal("127.0.0.1", 514, isSecure: false) {
      $0.allowsPrivateAddresses = true
    }
    #expect(asked?.description.contains("without TLS is not allowed") == true)
    let open = try refusal("logs.example.com", 6514, isSecure: false, resolving: ["192.88.98.1"]) {
      $0.allowsPrivateAddresses = true
      $0.allowsPlainConnections = true
    }
    #expect(open?.kind == .refused)
    #expect(open?.description.contains("needs TLS") == true)
    // Allowed without TLS is not allowed to be private.
    let own = try refusal("127.0.0.1", 514, isSecure: false) { $0.allowsPlainConnections = true }
    #expect(own?.description.contains("private or this machine's") == true)
  }

  @Test(arguments: ["", "a b", "a:1", "a/b", "user@a", "0x7f.1", "a..b", "[::1]", "a\r\nb", "*"])
  func `what is no host is none`(host: String) {
    #expect(ConnectionTarget(asked: host, port: 1, isSecure: true) == nil)
  }

  @Test func `hosts are compared in one spelling`() {
    #expect(
      ConnectionTarget(asked: "LOGS.example.com", port: 1, isSecure: true)?.host
        == "logs.example.com")
    #expect(ConnectionTarget(asked: "::1", port: 514, isSecure: true)?.host == "::1")
    #expect(EgressRules.Host(pair: "logs.example.com") == nil)
    #expect(EgressRules.Host(pair: "[::1]:514")?.port == 514)
    #expect(EgressRules.Host(pair: "logs.example.com:443")?.port == 443)
    #expect(EgressRules.Host(pair: "https://logs.example.com:1") == nil)
  }
}
