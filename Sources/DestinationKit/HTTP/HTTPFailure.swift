/// Why no answer came.
public struct HTTPFailure: OutcomeError, Equatable {
  /// What kept it from coming.
  public enum Kind: Int32, Sendable {
    /// The request is malformed.
    case invalid = 2
    /// No connection, or it broke.
    case unavailable = 3
    /// The call was called off.
    case cancelled = 5
    /// Neither the request's time nor the call's was enough.
    case timedOut = 6
    /// The operator does not allow this URL.
    case refused = 8
    /// The answer is longer than 1 MiB.
    case tooLarge = 9
  }

  /// What kept it from coming.
  public let kind: Kind

  /// One sentence of the host's; never a URL or a value.
  public let text: String

  /// A failure, for tests.
  public init(_ kind: Kind, _ text: String) {
    self.kind = kind
    self.text = text
  }

  /// Retry, since the network may come back; of what the operator does not allow, he has to know.
  ///
  /// What nobody can reach holds for the whole destination.
  public var outcome: Outcome { .unsent(kind.rawValue, text) }
}
