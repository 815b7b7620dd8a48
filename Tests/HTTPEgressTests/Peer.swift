import Foundation
import Glibc

import HTTP2
@testable import HTTPEgress
import HTTPWire
import Workbench

/// `Tests/Fixtures/HTTPPeer/peer.py`, which answers as it is told and writes down what it was asked; or that of HTTP/2.
struct Peer {
  static let isThere = (try? Judge.python("import ssl")) != nil

  /// The Python package h2, and the library that we speak with.
  static let hasHTTP2 =
    isThere && Judge.hasOpenSSL && (try? Judge.python("import h2")) != nil
    && (try? HTTP2Library.shared.get()) != nil

  private let process: PeerProcess

  struct Request: Decodable {
    let method: String?
    let target: String
    let headers: [String: String]?
    let body: String?
    let connection: Int?
    // Of HTTP/2.
    let fields: [[String]]?
    let stream: Int?
    let code: Int?
    let most: Int?
    let version: String?
  }

  /// `certificate` is the name of one of ``Certificates``; `script` one of the fixtures.
  init(_ plan: String, certificate: String? = nil, script: String = "HTTPPeer/peer.py") throws {
    // As the host does: a server that hangs up is none of a process's end.
    signal(SIGPIPE, SIG_IGN)
    process = try PeerProcess(script, plan, certificate: certificate)
  }

  var port: UInt16 { process.port }

  /// What it was asked so far.
  var requests: [Request] { process.seen() }

  func url(_ path: String, scheme: String = "http", host: String = "127.0.0.1") -> String {
    "\(scheme)://\(host):\(port)\(path)"
  }

  /// What it takes to reach it.
  func rules(_ change: (inout EgressRules) -> Void = { _ in }) throws -> EgressRules {
    let names = ["127.0.0.1:\(port)", "localhost:\(port)"]
    var rules = EgressRules(hosts: Set(names.compactMap { EgressRules.Host($0) }))
    rules.allowsPrivateAddresses = true
    rules.allowsPlainHTTP = true
    change(&rules)
    return rules
  }
}

extension HTTPEgress {
  /// A request with a body, by a deadline from now.
  func post(
    _ url: String, _ body: String = "{}", fields: [HTTPField] = [], method: String = "POST",
    within time: Duration = .seconds(10)
  ) throws(EgressFailure) -> EgressResponse {
    try send(
      EgressRequest(method: method, url: url, fields: fields, body: Array(body.utf8)[...]),
      by: .now.advanced(by: time))
  }
}

/// What a failure was; nil when there was none.
func failure(
  _ body: () throws(EgressFailure) -> EgressResponse
) -> EgressFailure? {
  do {
    _ = try body()
    return nil
  } catch { return error }
}
