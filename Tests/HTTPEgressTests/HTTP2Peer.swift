import Foundation
import Synchronization
import Workbench

@testable import HTTPEgress

/// A peer of HTTP/2, and what sends to it.
struct HTTP2Peer {
  static let why = "python3 with h2 is the other side, openssl certifies it, libnghttp2 speaks"
  let peer: Peer
  let egress: HTTPEgress

  init(_ plan: String, _ change: (inout EgressRules) -> Void = { _ in }) throws {
    peer = try Peer(plan, certificate: "good", script: "HTTP2Peer/peer.py")
    let root = try Certificates.shared.get().root
    egress = try HTTPEgress(
      try peer.rules {
        $0.additionalTrust = root
        $0.allowsPlainHTTP = false
        change(&$0)
      })
  }

  /// For each number a path with these steps.
  static func plan(_ steps: [String]) -> String {
    "{" + steps.enumerated().map { #""/\#($0)":[\#($1)]"# }.joined(separator: ",") + "}"
  }

  func url(_ path: String = "/") -> String { peer.url(path, scheme: "https", host: "localhost") }

  func post(
    _ path: String = "/", _ body: String = "{}", method: String = "POST",
    within time: Duration = .seconds(10)
  ) throws(EgressFailure) -> EgressResponse {
    try egress.post(url(path), body, method: method, within: time)
  }

  func failure(_ path: String = "/", within time: Duration = .seconds(10)) -> EgressFailure? {
    HTTPEgressTests.failure { () throws(EgressFailure) in try post(path, within: time) }
  }

  /// Sends from that many threads at once; the outcomes, in no order.
  func together(_ count: Int, _ path: String = "/") -> [Result<EgressResponse, EgressFailure>] {
    let outcomes = Mutex<[Result<EgressResponse, EgressFailure>]>([])
    let group = DispatchGroup()
    let (egress, url) = (egress, url(path))
    for number in 0..<count {
      group.enter()
      Thread.detachNewThread {
        let outcome = Result { () throws(EgressFailure) in try egress.post(url, "\(number)") }
        outcomes.withLock { $0.append(outcome) }
        group.leave()
      }
    }
    group.wait()
    return outcomes.withLock { $0 }
  }

  /// Waits for a line of the log.
  func logged(_ isIt: (Peer.Request) -> Bool) -> Peer.Request? {
    for _ in 0..<250 {
      if let found = peer.requests.first(where: isIt) { return found }
      usleep(20_000)
    }
    return nil
  }
}
