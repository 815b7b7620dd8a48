/// Waits for a worker's answer, and meanwhile has the requests sent that its adapter asks for.
///
/// One thread does both: the worker's thread waits for one thing at a time, and a request belongs to the call that runs.
struct HTTPAnswering {
  let link: HostLink
  /// Sends a request by the deadline, unless the other end of the descriptor goes away before; nil where nobody does.
  let send: (@Sendable (HTTPCall, ContinuousClock.Instant, Int32) -> HTTPAnswer)?

  /// As ``HostLink/receive(_:into:longest:by:)``, but for the requests in between.
  func receive(
    _ kinds: FrameKind..., into payload: inout [UInt8], longest: Int,
    by deadline: ContinuousClock.Instant
  ) throws(HostLink.Failure) -> FrameKind {
    while true {
      let kind = try link.receive(
        kinds + [.http], into: &payload, by: deadline,
        longest: { $0 == .http ? HTTPCall.longest : longest })
      guard kind == .http else { return kind }
      try answer(payload, by: deadline)
    }
  }

  private func answer(
    _ message: [UInt8], by deadline: ContinuousClock.Instant
  ) throws(HostLink.Failure) {
    guard let call = HTTPCall(message) else {
      throw .malformed("it sent a malformed request for HTTP")
    }
    let wanted = call.timeout.map { ContinuousClock.now.advanced(by: $0) } ?? deadline
    let answer =
      send.map { $0(call, min(wanted, deadline), link.number) }
      ?? .failure(.refused, "this host sends no requests.")
    var writer = WireWriter()
    answer.write(to: &writer)
    // The time may be up by now; what came is told all the same.
    let grace = ContinuousClock.now.advanced(by: .seconds(1))
    try link.send(.httpAnswer, writer.bytes, by: max(deadline, grace))
  }
}
