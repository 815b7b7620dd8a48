/// What became of one event.
public struct Outcome: Sendable, Equatable {
  /// Which way the event goes next.
  public enum Kind: UInt32, Sendable {
    /// It is at the destination.
    case delivered = 1
    /// Not now: the host offers it again.
    case retry
    /// Never: the host puts it aside as a dead letter.
    case rejected
    /// The credentials were not accepted: the destination pauses, the event waits.
    case credentialsRefused
    /// The destination has it already: counts as delivered.
    case duplicate
  }

  /// Which way the event goes next.
  public let kind: Kind

  /// The destination's own code, for people: an HTTP status, an errno; 0 = none.
  public let code: Int32

  /// With ``Kind/retry``: not before this much time; nil = the host decides.
  public let retryAfter: Duration?

  /// Whether `retryAfter` holds for the destination and not for this event alone.
  public let isForWholeDestination: Bool

  /// Why, in words, for the operator; cut at 1024 bytes.
  ///
  /// Never the content of the event.
  public let detail: String?

  /// It is durable at the destination, as far as that can say so.
  public static let delivered = Outcome(kind: .delivered)

  /// The destination has an event with this id already.
  public static let duplicate = Outcome(kind: .duplicate)

  /// Not now: the network, a limit, an error on the other side.
  public static func retry(
    after delay: Duration? = nil, wholeDestination: Bool = false, code: Int32 = 0,
    detail: String? = nil
  ) -> Outcome {
    Outcome(
      kind: .retry, code: code, retryAfter: delay, isForWholeDestination: wholeDestination,
      detail: detail)
  }

  /// Never: the destination does not take this event, however often it comes.
  public static func rejected(code: Int32 = 0, detail: String? = nil) -> Outcome {
    Outcome(kind: .rejected, code: code, detail: detail)
  }

  /// The destination does not accept the credentials; somebody has to act.
  public static func credentialsRefused(code: Int32 = 0, detail: String? = nil) -> Outcome {
    Outcome(kind: .credentialsRefused, code: code, detail: detail)
  }

  private init(
    kind: Kind, code: Int32 = 0, retryAfter: Duration? = nil, isForWholeDestination: Bool = false,
    detail: String? = nil
  ) {
    self.kind = kind
    self.code = code
    self.retryAfter = retryAfter
    self.isForWholeDestination = isForWholeDestination
    self.detail = detail
  }
}

/// The outcomes of a batch, in the order of its events.
public struct Outcomes: Sendable, Equatable {
  enum Form: Sendable, Equatable {
    case same(Outcome)
    case each([Outcome])
  }

  let form: Form

  /// The same for every event.
  public static func all(_ outcome: Outcome) -> Outcomes {
    Outcomes(form: .same(outcome))
  }

  /// One for each event.
  ///
  /// Events beyond the last outcome are retried; outcomes beyond the last event are ignored.
  public static func each(_ outcomes: [Outcome]) -> Outcomes {
    Outcomes(form: .each(outcomes))
  }
}
