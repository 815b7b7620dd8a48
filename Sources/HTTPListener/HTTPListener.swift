internal import Cryptography
internal import Foundation
internal import Synchronization

/// A server of HTTP/1.1 on any number of addresses; it serves until ``stop(by:)``.
///
/// Nothing in it blocks: a few threads (one by default) wait for all connections at once, requests go to the service
/// whole, answers come back from any thread. The process has to ignore SIGPIPE.
package final class HTTPListener: Sendable {
  /// Where it listens, with the ports that the system chose.
  package let addresses: [ListenAddress]
  private let sockets: [ListeningSocket]
  private let loops: [EventLoop]
  private let threads = Mutex<[LoopThread]>([])
  private let census: Census

  /// - Parameters:
  ///   - certificate: makes the TCP addresses TLS's, 1.2 at least; read again when the files change.
  ///   - servesAtOnce: without it connections wait in the kernel until ``serve()``.
  ///   - threads: one serves a hundred thousand small requests a second; TLS may want more.
  ///
  /// Throws `ListenerError` or `TLSError`.
  package init(
    on addresses: [ListenAddress], certificate: CertificateFiles? = nil,
    limits: ListenerLimits = ListenerLimits(), threads count: Int = 1,
    servesAtOnce: Bool = true, _ service: HTTPService
  ) throws {
    let watch = try certificate.map { try CertificateWatch($0) }
    let sockets = try ListeningSocket.all(addresses)
    let census = Census(limits)
    self.sockets = sockets
    self.census = census
    self.addresses = sockets.map(\.address)
    loops = try (0..<max(1, count)).map { _ in
      try EventLoop(sockets, limits, service, census, watch)
    }
    if servesAtOnce { serve() }
  }

  /// Begins to serve; once.
  package func serve() { threads.withLock { $0 = loops.map { LoopThread($0) } } }

  package var counts: ListenerCounts { census.snapshot }

  /// Takes nothing new, finishes what is in flight as long as the deadline allows, and returns when all is closed.
  ///
  /// Answers may and have to be given meanwhile.
  package func stop(by deadline: ContinuousClock.Instant) {
    for socket in sockets { socket.close() }
    for loop in loops { loop.put(.stop(by: deadline)) }
    threads.withLock { $0 }.forEach { $0.join() }
  }
}

/// A loop's thread, which can be waited for.
private struct LoopThread: Sendable {
  private let done = DispatchSemaphore(value: 0)

  init(_ loop: EventLoop) {
    let thread = Thread { [done] in
      loop.run()
      done.signal()
    }
    thread.name = "http"
    thread.start()
  }

  func join() {
    done.wait()
    done.signal()
  }
}
