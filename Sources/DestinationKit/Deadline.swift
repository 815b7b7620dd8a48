/// A moment on the host's monotonic clock.
public struct Deadline: Sendable {
  let rawValue: UInt64
  private let host: AdapterHost

  init(rawValue: UInt64, host: AdapterHost) {
    self.rawValue = rawValue
    self.host = host
  }

  /// How long until then; zero if it has passed, nil if there is no deadline.
  public var remaining: Duration? {
    guard rawValue != 0 else { return nil }
    let now = host.monotonicNanoseconds
    return .nanoseconds(Int64(clamping: rawValue > now ? rawValue - now : 0))
  }

  /// Whether it has passed.
  public var hasPassed: Bool {
    rawValue != 0 && host.monotonicNanoseconds >= rawValue
  }
}
