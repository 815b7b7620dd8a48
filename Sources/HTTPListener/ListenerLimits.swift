package import HTTPWire

/// How much a listener takes from its senders, and how long it waits for them.
package struct ListenerLimits: Sendable {
  /// Of one message: the body's limit is the one to set.
  package var wire = WireLimits()
  /// Connections at once; beyond it a new one is told 503 and closed.
  package var connections = 16_384
  /// Connections at once from one address; those of a Unix socket count as one.
  package var connectionsPerPeer = 4_096
  /// Whose processes may connect over a Unix socket, by the kernel's word; nil: whom the folder lets.
  package var localUser: UInt32?
  /// Bytes that are kept at once for all connections: unread input, bodies until they are answered, unsent answers.
  package var bufferedBytes = 256 << 20
  /// Requests of one connection that wait for their answers; no more is read of it meanwhile.
  package var pipelined = 16
  /// For TLS's handshake.
  package var handshakeTime = Duration.seconds(10)
  /// From the first byte of a head to its last.
  package var headTime = Duration.seconds(10)
  /// For a body.
  package var bodyTime = Duration.seconds(60)
  /// Between two pieces of an answer that the other side takes.
  package var writeTime = Duration.seconds(30)
  /// Between two requests.
  package var idleTime = Duration.seconds(75)
  /// How long what still comes is thrown away after a refusal, so that the other side can read the refusal.
  package var lingerTime = Duration.seconds(2)

  package init() {}
}
