internal import CDestinationAdapter

/// What the host is told about an error: a status and a sentence.
///
/// Of an error that is not the kit's own only the type is named: its text might hold a setting or an event.
struct ProblemReport {
  let status: Int32
  let text: String

  init(of error: any Error) {
    switch error {
    case let problem as AdapterProblem:
      status = problem.kind.status
      text = problem.text
    case let error as DecodingError:
      status = DESTINATION_INVALID
      text = error.problem.text
    case let error as OutOfOrder:
      status = DESTINATION_INVALID
      text = error.text
    default:
      status = DESTINATION_FAILED
      text = "the adapter failed with \(type(of: error))."
    }
  }
}

/// A call that the life cycle does not allow now: a mistake of the host.
struct OutOfOrder: Error {
  let call: String
  let needed: String

  var text: String { "\(call), about this instance: it is called only after \(needed)." }
}

extension Outcome {
  /// What becomes of events over which this error was thrown.
  init(of error: any Error) {
    switch error {
    case let error as any OutcomeError: self = error.outcome
    default: self = .retry(detail: "the adapter failed with \(type(of: error))")
    }
  }
}

extension AdapterProblem.Kind {
  fileprivate var status: Int32 {
    switch self {
    case .settings: DESTINATION_INVALID
    case .credentials: DESTINATION_AUTH
    case .unavailable: DESTINATION_UNAVAILABLE
    }
  }
}

extension DecodingError {
  /// Names the key and what was expected there, never what was found: the description of the error may hold it.
  fileprivate var problem: AdapterProblem {
    switch self {
    case .keyNotFound(let key, let context):
      .setting(Self.path(context.codingPath + [key]), "it is missing.", mend: "Set it.")
    case .valueNotFound(let type, let context), .typeMismatch(let type, let context):
      .setting(
        Self.path(context.codingPath), "it is not \(Self.name(of: type)).",
        mend: "Change its value.")
    case .dataCorrupted(let context) where context.codingPath.isEmpty:
      AdapterProblem.setting("settings", "they are not a JSON object.", mend: "Write one.")
    case .dataCorrupted(let context):
      .setting(Self.path(context.codingPath), "its value cannot be used.", mend: "Change it.")
    @unknown default:
      .setting("settings", "they cannot be read.", mend: "Compare them with the schema.")
    }
  }

  private static func path(_ keys: [any CodingKey]) -> String {
    keys.isEmpty
      ? "settings"
      : keys.map { $0.intValue.map(String.init) ?? $0.stringValue }
        .joined(separator: ".")
  }

  private static func name(of type: any Any.Type) -> String {
    switch type {
    case is String.Type: "a text"
    case is Bool.Type: "true or false"
    case is any BinaryInteger.Type: "a whole number"
    case is any BinaryFloatingPoint.Type: "a number"
    case is any DictionaryLike.Type: "an object"
    case is any ArrayLike.Type: "a list"
    default: "what it has to be"
    }
  }
}

private protocol DictionaryLike {}
extension Dictionary: DictionaryLike {}
private protocol ArrayLike {}
extension Array: ArrayLike {}
