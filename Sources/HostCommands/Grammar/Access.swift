internal import Workspace

/// Who may run a command; every command says it, and one place holds them all to it.
struct Access: Hashable, Sendable {
  /// The least role; nil when nobody has to be logged in.
  let role: Role?
  /// Shows values that are classified red or yellow, so the user needs PII access besides the role.
  private(set) var needsPIIAccess = false
  /// Asks for the role only where there is a workspace; elsewhere the command does what needs none.
  private(set) var isOpenWithoutWorkspace = false

  private init(role: Role?) { self.role = role }

  /// Needs no workspace, or must work when nobody can log in.
  static let everyone = Access(role: nil)
  /// Reads.
  static let viewer = Access(role: .viewer)
  /// Changes destinations, matchers, controls; runs the host.
  static let editor = Access(role: .editor)
  /// Changes users, tokens, keys of the workspace, the agreement, trust, approvals.
  static let owner = Access(role: .owner)

  var showingClassifiedValues: Access {
    var access = self
    access.needsPIIAccess = true
    return access
  }

  var orWithoutWorkspace: Access {
    var access = self
    access.isOpenWithoutWorkspace = true
    return access
  }
}

extension Access: CustomStringConvertible {
  /// As help says it.
  var description: String {
    guard let role else { return "everyone" }
    let roles = Role.allCases.filter { $0 >= role }.map(\.rawValue)
    return roles.joined(separator: ", ") + (needsPIIAccess ? "; with PII access" : "")
      + (isOpenWithoutWorkspace ? "; without a workspace, everyone" : "")
  }
}
