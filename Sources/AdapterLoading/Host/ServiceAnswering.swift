/// Waits for a worker's answer, and meanwhile does what its adapter asks the host's services for.
///
/// One thread does both: the worker's thread waits for one thing at a time, and a request belongs to the call that runs.
struct ServiceAnswering {
  let link: HostLink
  /// Sends a request by the deadline, unless the other end of the descriptor goes away before; nil where nobody does.
  let send: (@Sendable (HTTPCall, ContinuousClock.Instant, Int32) -> HTTPAnswer)?
  /// Nil where nothing is connected to.
  let connections: (any WorkerConnections)?

  /// As ``HostLink/receive(_:into:longest:by:)``, but for the requests in between.
  func receive(
    _ kinds: FrameKind..., into payload: inout [UInt8], longest: Int,
    by deadline: ContinuousClock.Instant
  ) throws(HostLink.Failure) -> FrameKind {
    while true {
      let kind = try link.receive(
        kinds + [.http, .connection], into: &payload, by: deadline,
        longest: { kind in
          switch kind {
          case .http: HTTPCall.longest
          case .connection: ConnectionCall.longest
          default: longest
          }
        })
      switch kind {
      case .http: try answerHTTP(payload, by: deadline)
      case .connection: try answerConnection(payload, by: deadline)
      default: return kind
      }
    }
  }

  private func answerHTTP(
    _ message: [UInt8], by deadline: ContinuousClock.Instant
  ) throws(HostLink.Failure) {
    guard let call = HTTPCall(message) else {
      throw .malformed("it sent a malformed request for HTTP")
    }
    let answer =
      send.map { $0(call, end(call.timeout, deadline), link.number) }
      ?? .failure(.refused, "this host sends no requests.")
    var writer = WireWriter()
    answer.write(to: &writer)
    try tell(.httpAnswer, writer, by: deadline)
  }

  private func answerConnection(
    _ message: [UInt8], by deadline: ContinuousClock.Instant
  ) throws(HostLink.Failure) {
    guard let call = ConnectionCall(message) else {
      throw .malformed("it sent a malformed request for a connection")
    }
    let answer =
      connections.map { $0.answer(call, by: end(call.timeout, deadline), worker: link.number) }
      ?? .failure(.refused, "adapter.json names no host:port under permissions.network.")
    var writer = WireWriter()
    answer.write(to: &writer)
    try tell(.connectionAnswer, writer, by: deadline)
  }

  private func end(
    _ timeout: Duration?, _ deadline: ContinuousClock.Instant
  ) -> ContinuousClock.Instant {
    min(timeout.map { ContinuousClock.now.advanced(by: $0) } ?? deadline, deadline)
  }

  /// The time may be up by now; what came is told all the same.
  private func tell(
    _ kind: FrameKind, _ writer: WireWriter, by deadline: ContinuousClock.Instant
  ) throws(HostLink.Failure) {
    let grace = ContinuousClock.now.advanced(by: .seconds(1))
    try link.send(kind, writer.bytes, by: max(deadline, grace))
  }
}
