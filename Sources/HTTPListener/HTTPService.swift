package import HTTPWire

/// What a listener serves.
///
/// Everything is called on the listener's threads and must not wait.
package struct HTTPService: Sendable {
  /// Takes a whole request; the answer goes to the exchange, at once or later, from any thread.
  package var handle: @Sendable (HTTPRequest, HTTPExchange) -> Void
  /// Looks at a head before its body is read; an answer refuses the request, and the connection ends if it has a body.
  package var screen: @Sendable (RequestHead, Peer) -> HTTPAnswer? = { _, _ in nil }
  /// How the listener's own refusals look: a status and a sentence.
  package var refusal: @Sendable (Int, String) -> HTTPAnswer = { .text($0, $1) }
  /// What an operator should know.
  package var report: @Sendable (ListenerNote) -> Void = { _ in }

  package init(handle: @escaping @Sendable (HTTPRequest, HTTPExchange) -> Void) {
    self.handle = handle
  }
}

/// What an operator should know of a listener.
package enum ListenerNote: Sendable, Equatable {
  /// No connection can be accepted for the moment; told once until one can.
  case cannotAccept(code: Int32)
  case certificateReloaded
  /// The files have changed and cannot be used: the certificate before goes on. The reason.
  case certificateUnusable(String)
}
