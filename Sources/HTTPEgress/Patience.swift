internal import Glibc

/// How long something may take, and what ends it early.
struct Patience: Sendable {
  let deadline: ContinuousClock.Instant
  /// A descriptor whose other end goes away when nobody waits for the outcome any more; -1 for none.
  let interrupt: Int32

  /// The same, but no longer than this from now.
  func atMost(_ time: Duration) -> Patience {
    Patience(deadline: min(deadline, .now.advanced(by: time)), interrupt: interrupt)
  }

  /// Waits until the descriptor is ready for one of the events; for which it is.
  ///
  /// Throws `timedOut`, or `cancelled` when the interrupt's other end is gone.
  @discardableResult
  func wait(for events: Int32, on descriptor: Int32) throws(EgressFailure) -> Int32 {
    while true {
      let left = ContinuousClock.now.duration(to: deadline)
      guard left > .zero else { throw EgressFailure(.timedOut, "no answer came in time") }
      // -1 is passed over by poll; a hang-up is told without being asked for.
      var waits = [
        pollfd(fd: descriptor, events: Int16(events), revents: 0),
        pollfd(fd: interrupt, events: 0, revents: 0),
      ]
      let milliseconds = Int32(min(left / .milliseconds(1) + 1, 60_000))
      let ready = unsafe poll(&waits, 2, milliseconds)
      guard ready > 0 else { continue }
      guard waits[1].revents == 0 else {
        throw EgressFailure(.cancelled, "nobody waits for the answer any more")
      }
      return Int32(waits[0].revents)
    }
  }
}
