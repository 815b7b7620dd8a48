import HTTPWire
import Synchronization
import Testing

@testable import HTTPEgress

/// Names that lead into the operator's network, at once or at the second look.
@Suite(.enabled(if: Peer.isThere, "python3 is the other side"))
struct RebindingTests {
  /// A name service that gives one answer after the other, and counts.
  private final class Names: Sendable {
    private let answers: [[String]]
    private let asked = Mutex<[String]>([])

    init(_ answers: [String]...) { self.answers = answers }

    var count: Int { asked.withLock(\.count) }

    @Sendable func resolve(_ name: String) -> [IPAddress] {
      let number = asked.withLock { asked in
        asked.append(name)
        return asked.count - 1
      }
      return answers[min(number, answers.count - 1)].compactMap { IPAddress($0) }
    }
  }

  /// Sends to `rebind.example`, whose name leads where `names` says, on the peer's port.
  private func egress(
    _ peer: Peer, _ names: Names, allowsPrivate: Bool = false
  ) throws -> (HTTPEgress, url: String) {
    let host = "rebind.example:\(peer.port)"
    var rules = EgressRules(hosts: Set([EgressRules.Host(host)].compactMap(\.self)))
    rules.allowsPlainHTTP = true
    rules.allowsPrivateAddresses = allowsPrivate
    rules.connectTimeout = .milliseconds(300)
    rules.resolve = names.resolve
    return (try HTTPEgress(rules), "http://\(host)/in")
  }

  private func failure(_ egress: HTTPEgress, _ url: String) -> EgressFailure? {
    do throws(EgressFailure) {
      _ = try egress.post(url, within: .seconds(2))
      return nil
    } catch { return error }
  }

  @Test
  func `a second answer is never asked for: the address that was checked is the one that is used`()
    throws
  {
    let peer = try Peer(#"{"/in":[{}]}"#)
    // TEST-NET would be refused; this address is global, and nothing answers there.
    let names = Names(["192.88.98.1"], ["127.0.0.1"])
    let (egress, url) = try egress(peer, names)
    #expect([.unavailable, .timedOut].contains(failure(egress, url)?.kind))
    #expect(names.count == 1)
    // The next request looks anew, and sees where the name leads by now.
    #expect(failure(egress, url)?.kind == .refused)
    #expect(names.count == 2 && egress.counts.connections == 0)
    #expect(peer.requests.isEmpty)
  }

  @Test(arguments: [
    ["127.0.0.1"], ["::1"], ["10.0.0.1", "127.0.0.1"], ["::ffff:127.0.0.1"], ["169.254.169.254"],
  ])
  func `a name whose addresses are all private is refused`(addresses: [String]) throws {
    let peer = try Peer(#"{"/in":[{}]}"#)
    let (egress, url) = try egress(peer, Names(addresses))
    #expect(failure(egress, url)?.kind == .refused)
    #expect(peer.requests.isEmpty && egress.counts.connections == 0)
  }

  @Test func `of a mixed answer only what may be reached is tried`() throws {
    let peer = try Peer(#"{"/in":[{}]}"#)
    let (strict, url) = try egress(peer, Names(["127.0.0.1", "192.88.98.1"]))
    #expect(failure(strict, url) != nil)
    #expect(peer.requests.isEmpty)
    // Never link-local, not even with private addresses; the other one then is the peer.
    let (open, same) = try egress(
      peer, Names(["169.254.169.254", "127.0.0.1"]), allowsPrivate: true)
    #expect(failure(open, same) == nil)
    #expect(peer.requests.map { $0.headers?["host"] } == ["rebind.example:\(peer.port)"])
  }

  @Test func `a redirect's host is looked up and checked as the first one was`() throws {
    let location = #"{"Location":"http://rebind.example:1/in"}"#
    let peer = try Peer(#"{"/in":[{"status":307,"headers":\#(location)}]}"#)
    let names = Names(["127.0.0.1"], ["169.254.169.254"])
    let host = "rebind.example"
    var rules = EgressRules(
      hosts: Set(
        ["\(host):\(peer.port)", "\(host):1"].compactMap { EgressRules.Host($0) }))
    rules.allowsPlainHTTP = true
    rules.allowsPrivateAddresses = true
    rules.resolve = names.resolve
    let egress = try HTTPEgress(rules)
    #expect(failure(egress, "http://\(host):\(peer.port)/in")?.kind == .refused)
    #expect(names.count == 2 && peer.requests.count == 1)
  }
}
