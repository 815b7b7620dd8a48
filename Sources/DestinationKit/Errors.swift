/// An error that says what becomes of the events it was thrown over.
public protocol OutcomeError: Error {
  /// For every event of the batch, or for the one event of ``Batch/outcomes(_:)``.
  var outcome: Outcome { get }
}

/// The plain ``OutcomeError``: `throw DeliveryError(.retry(code: 503, detail: "busy"))`.
public struct DeliveryError: OutcomeError, Equatable {
  /// For every event it was thrown over.
  public let outcome: Outcome

  /// An error with this outcome.
  public init(_ outcome: Outcome) {
    self.outcome = outcome
  }
}

/// Why an adapter cannot be configured or started, in words for the operator.
///
/// The text names the setting and how to mend it, and never a setting's value.
public struct AdapterProblem: Error, Sendable, Equatable {
  /// Who has to act.
  public enum Kind: Sendable {
    /// The operator has to change the settings.
    case settings
    /// The operator has to change the credentials.
    case credentials
    /// Nobody: the host tries again later.
    case unavailable
  }

  /// Who has to act.
  public let kind: Kind

  /// One sentence or two: what, about which thing, why, how to mend it.
  public let text: String

  /// A setting is not what it should be: `.setting("path", "it is empty.", mend: "Name a file.")`.
  public static func setting(_ name: String, _ problem: String, mend: String) -> AdapterProblem {
    AdapterProblem(kind: .settings, text: "settings, about \"\(name)\": \(problem) \(mend)")
  }

  /// The destination does not accept the credentials.
  public static func credentials(_ text: String) -> AdapterProblem {
    AdapterProblem(kind: .credentials, text: text)
  }

  /// Something is not there now and may be there later.
  public static func unavailable(_ text: String) -> AdapterProblem {
    AdapterProblem(kind: .unavailable, text: text)
  }
}
