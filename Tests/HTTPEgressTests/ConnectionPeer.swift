import Cryptography
import Foundation
import Glibc
import Workbench

@testable import HTTPEgress

/// `Tests/Fixtures/ConnectionPeer/peer.py`, the other side of connections that are no HTTP.
struct ConnectionPeer {
  private let process: PeerProcess

  struct Ended: Decodable, Equatable {
    let connection: Int
    /// `goodbye` where the other side said that nothing more comes.
    let ended: String
    let read: String
  }

  init(_ modes: String, certificate: String? = nil) throws {
    process = try PeerProcess("ConnectionPeer/peer.py", modes, certificate: certificate)
  }

  var port: UInt16 { process.port }

  /// The connections that have ended, once there are that many; those that there are after some seconds.
  func ended(_ count: Int) -> [Ended] { process.seen(atLeast: count) }

  /// What it takes to reach it, with TLS where it has it.
  func egress(_ change: (inout EgressRules) -> Void = { _ in }) throws -> ConnectionEgress {
    let names = ["127.0.0.1:\(port)", "localhost:\(port)"]
    var rules = EgressRules(hosts: Set(names.compactMap { EgressRules.Host(pair: $0) }))
    rules.allowsPrivateAddresses = true
    rules.allowsPlainConnections = true
    change(&rules)
    return try ConnectionEgress(rules)
  }

  func target(_ host: String = "localhost", isSecure: Bool = false) -> ConnectionTarget {
    ConnectionTarget(host: host, port: port, isSecure: isSecure)
  }
}

extension ContinuousClock.Instant {
  static func after(_ time: Duration) -> ContinuousClock.Instant { .now.advanced(by: time) }
}

/// Why it failed; nil when it did not.
func kind(_ body: () throws(EgressFailure) -> Void) -> EgressFailure.Kind? {
  do throws(EgressFailure) {
    try body()
    return nil
  } catch { return error.kind }
}
