import Foundation
import Glibc
import Synchronization

@testable import HTTPListener
import HTTPWire

/// A listener that answers each request with what it was, or does what a test says.
final class TestListener: Sendable {
  let listener: HTTPListener
  init(
    on addresses: [String] = ["127.0.0.1:0"], certificate: CertificateFiles? = nil,
    threads: Int = 1, limits: ListenerLimits = ListenerLimits(),
    handle: (@Sendable (HTTPRequest, HTTPExchange) -> Void)? = nil,
    screen: @escaping @Sendable (RequestHead, Peer) -> HTTPAnswer? = { _, _ in nil }
  ) throws {
    signal(SIGPIPE, SIG_IGN)
    let seen = Seen()
    var service = HTTPService { request, exchange in
      seen.requests.withLock { $0.append(request) }
      if let handle { handle(request, exchange) } else { exchange.answer(Self.echo(request)) }
    }
    service.screen = screen
    service.report = { note in seen.notes.withLock { $0.append(note) } }
    self.seen = seen
    listener = try HTTPListener(
      on: addresses.compactMap { ListenAddress($0) }, certificate: certificate, limits: limits,
      threads: threads, service)
  }

  private let seen: Seen

  private final class Seen: Sendable {
    let requests = Mutex<[HTTPRequest]>([])
    let notes = Mutex<[ListenerNote]>([])
  }

  var taken: [HTTPRequest] { seen.requests.withLock { $0 } }
  var told: [ListenerNote] { seen.notes.withLock { $0 } }

  static func echo(_ request: HTTPRequest) -> HTTPAnswer {
    .text(
      200, "\(request.method) \(request.path) \(String(decoding: request.body, as: UTF8.self))")
  }

  deinit { listener.stop(by: .now) }

  func client(_ index: Int = 0) throws -> RawClient { try RawClient(listener.addresses[index]) }

  /// One connection: what is said to it, and everything it says until it hangs up.
  func talk(_ text: String) throws -> String {
    let client = try client()
    client.send(text)
    return client.readToEnd()
  }

  var port: UInt16 {
    if case .tcp(_, let port) = listener.addresses[0] { port } else { 0 }
  }
}

extension String {
  /// The status of the first answer.
  var status: Int? {
    hasPrefix("HTTP/1.1 ") ? Int(dropFirst(9).prefix(3)) : nil
  }

  /// The statuses of all answers.
  var statuses: [Int] {
    components(separatedBy: "HTTP/1.1 ").dropFirst().compactMap { Int($0.prefix(3)) }
  }
}

/// The usual limits but for these.
func limited(_ change: (inout ListenerLimits) -> Void) -> ListenerLimits {
  var limits = ListenerLimits()
  change(&limits)
  return limits
}

/// Waits until something is so, at most ten seconds.
func eventually(_ isSo: () -> Bool) -> Bool {
  for _ in 0..<1_000 {
    if isSo() { return true }
    usleep(10_000)
  }
  return isSo()
}
