/// Why somebody may not do what was asked, or a user, session or token cannot be as asked.
package enum AccessError: Error, Equatable, Sendable {
  // Who it is.
  case notLoggedIn
  case sessionEnded(email: String, minutes: Int)
  /// Unknown user, wrong password or disabled: which of them is not told.
  case logInRefused
  case lockedOut(email: String, minutes: Int)
  case tokenRefused(reason: String)
  // What they may.
  case needsRole(Role, who: String, has: Role, command: String)
  case needsPIIAccess(who: String, command: String)
  // What is asked of users and tokens.
  case badEmail
  case badPassword(minimum: Int, maximum: Int)
  case noSuchUser
  case userExists(String)
  case ownerFirst(String)
  case lastOwner(String)
  case noSuchToken(String)
  case badLifetime(maximum: Int)
  case badTimeout(maximum: Int, isEligible: Bool)
  // Files.
  /// Somebody else is logged in where this session would stand.
  case loggedInAsAnother(email: String)
  case sessionFile(path: String, reason: String)
  case stateDamaged(path: String)
}

extension AccessError: CustomStringConvertible {
  package var description: String {
    identityDescription ?? permissionDescription ?? requestDescription
  }

  private var identityDescription: String? {
    switch self {
    case .notLoggedIn: "not permitted: you are not logged in. Log in: sealpost login EMAIL"
    case .sessionEnded(let email, let minutes):
      "not permitted: the session of \(email) ended after \(Self.text(minutes)) without a command. "
        + "Log in again: sealpost login \(email)"
    case .logInRefused:
      "log-in refused: the e-mail address or the password is wrong, or the user is disabled. "
        + "Try again, or ask an owner: sealpost user list"
    case .lockedOut(let email, let minutes):
      "log-in refused: \(email) is locked after \(LogInAttempts.limit) wrong passwords. "
        + "Try again in \(Self.text(minutes))."
    case .tokenRefused(let reason):
      "token refused: \(reason). Ask an owner for one: sealpost token create --role R --output F"
    default: nil
    }
  }

  private var permissionDescription: String? {
    switch self {
    case .needsRole(let role, let who, let has, let command):
      "not permitted: you are \(who), \(has.rawValue), and \"\(command)\" needs the role "
        + "\(role.rawValue). Ask an owner: sealpost user set-role EMAIL \(role.rawValue)"
    case .needsPIIAccess(let who, let command):
      "not permitted: you are \(who), and \"\(command)\" shows classified values: it needs PII "
        + "access. Ask an owner: sealpost user set-role EMAIL ROLE --pii-access"
    default: nil
    }
  }

  private var requestDescription: String {
    switch self {
    case .badEmail: "user: it has no such e-mail address. Give one like ana@clinic.example."
    case .badPassword(let minimum, let maximum):
      "password: it has \(minimum) to \(maximum) characters. Choose another."
    case .noSuchUser: "user: there is none of that e-mail address. See: sealpost user list"
    case .userExists(let email): "user \(email): it exists already. See: sealpost user list"
    case .ownerFirst(let owner):
      "user: nobody has a password yet. Give the owner one first: "
        + "sealpost user set-password \(owner)"
    case .lastOwner(let email):
      "user \(email): it is the last owner that is enabled. Make another owner first: "
        + "sealpost user set-role EMAIL owner"
    case .noSuchToken(let id): "token \"\(id)\": there is none of that id. See: sealpost token list"
    case .badLifetime(let maximum):
      "token: it lasts 1 to \(maximum) days. Give --expires-in DAYS."
    case .badTimeout(let maximum, let isEligible):
      "session_timeout_minutes: it is 1 to \(maximum)"
        + (isEligible ? " on a plan for HIPAA" : "") + ". Choose another."
    case .loggedInAsAnother(let email):
      "log-in refused: \(email) is logged in here, and would go on under your name. Let them log out "
        + "(sealpost logout), or give each person a place for their sessions: XDG_STATE_HOME"
    case .sessionFile(let path, let reason):
      "session file refused, \(path): \(reason). Remove it and log in: sealpost login EMAIL"
    case .stateDamaged(let path):
      "session record refused, \(path): it was changed. Remove it and log in again."
    default: ""
    }
  }

  private static func text(_ minutes: Int) -> String {
    minutes == 1 ? "1 minute" : "\(minutes) minutes"
  }
}
