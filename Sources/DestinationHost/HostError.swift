/// Why a run does not start.
package enum HostError: Error, Equatable, Sendable {
  /// The reason and the command that mends it.
  case notEligible(reason: String, mend: String)
  case noDestination
}

extension HostError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notEligible(let reason, let mend): "run refused: \(reason). See: \(mend)"
    case .noDestination:
      "run refused: no destination is enabled. See: sealpost destination list"
    }
  }
}
