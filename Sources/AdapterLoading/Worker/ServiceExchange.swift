internal import CDestinationAdapter
internal import Glibc
internal import Synchronization

/// One question of the adapter's to the host, and its answer.
///
/// The session's thread is the one that waits, since the host answers while it waits for that thread's call.
enum ServiceExchange {
  private static let exchanges = Mutex(())

  /// Why the adapter may not ask now; nil where it may.
  static func obstacle(
    _ services: HostServices, _ token: UInt64
  ) -> (failure: ServiceFailure, text: String)? {
    guard services.isRequesting else {
      return (
        .invalid, "this is for the thread of start, deliver, flush or stop, during the call."
      )
    }
    guard token != 0, services.isCancelled(token) else { return nil }
    return (.cancelled, "the call was called off.")
  }

  /// Sends the message; the answer's payload.
  ///
  /// A host that is gone or talks nonsense ends the process, as everywhere.
  static func ask<Answer>(
    _ kind: FrameKind, _ message: [UInt8], expecting expected: FrameKind,
    _ read: ([UInt8]) -> Answer?
  ) -> Answer {
    // In a trial several threads may ask.
    exchanges.withLock { _ in
      var link = WorkerLink()
      var payload: [UInt8] = []
      guard link.send(kind, message), link.receive(into: &payload) == expected,
        let answer = read(payload)
      else { exit(75) }
      return answer
    }
  }
}
