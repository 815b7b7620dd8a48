/// Why a connection could not be opened or used.
public struct ConnectionFailure: OutcomeError, Equatable {
  /// What was in the way.
  public enum Kind: Int32, Sendable {
    /// The arguments are malformed, or this is no thread of a call.
    case invalid = 2
    /// No connection, or it broke.
    case unavailable = 3
    /// The call was called off.
    case cancelled = 5
    /// It took too long.
    case timedOut = 6
    /// The connection is closed.
    case notFound = 7
    /// The operator does not allow it.
    case refused = 8
    /// Too many are open, or too much at once.
    case tooLarge = 9
  }

  /// What was in the way.
  public let kind: Kind

  /// One sentence of the host's; never a value.
  public let text: String

  /// A failure, for tests.
  public init(_ kind: Kind, _ text: String) {
    self.kind = kind
    self.text = text
  }

  /// Retry, since the other side may come back; of what the operator does not allow, he has to know.
  ///
  /// What nobody can reach holds for the whole destination.
  public var outcome: Outcome { .unsent(kind.rawValue, text) }
}
