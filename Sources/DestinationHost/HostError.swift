/// Why a run does not start.
package enum HostError: Error, Equatable, Sendable {
  case noDestination
}

extension HostError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noDestination:
      "run refused: no destination is enabled. See: sealpost destination list"
    }
  }
}
