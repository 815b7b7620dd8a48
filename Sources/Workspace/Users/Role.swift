/// What a user of a workspace may do; each may all that the ones before it may.
package enum Role: String, Codable, CaseIterable, Sendable, Comparable {
  /// Reads what is configured and what was done.
  case viewer
  /// Also changes destinations, matchers and controls, and runs the host.
  case editor
  /// Also users, tokens, keys of the workspace, the agreement, trust and approvals.
  case owner

  package static func < (left: Role, right: Role) -> Bool { left.rank < right.rank }

  private var rank: Int {
    switch self {
    case .viewer: 0
    case .editor: 1
    case .owner: 2
    }
  }
}
