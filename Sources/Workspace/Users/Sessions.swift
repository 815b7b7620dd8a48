internal import AuditLog
package import Cryptography

/// A session as the workspace keeps it, under the SHA-256 of its token.
package struct Session: Codable, Sendable, Equatable {
  let user: String
  let began: SessionClock.Reading
  var used: SessionClock.Reading
}

// MARK: - Logging in and out

extension Workspace {
  /// Whether somebody has a password, so that everybody needs a session or a token.
  ///
  /// Users that the log knows count even if their documents are gone: removing files by hand opens nothing.
  package var needsLogIn: Bool { !users().isEmpty || knowsUsers }

  /// Minutes without a command that end a session.
  package var sessionMinutes: Int { settings.sessionMinutesInForce }

  /// Opens a session; the token is for the user's file alone, the workspace keeps only its SHA-256.
  ///
  /// Takes the same time for an unknown user as for a wrong password. Blocks for about half a second.
  ///
  /// Throws `logInRefused` or `lockedOut`.
  package func logIn(
    _ email: String, password: borrowing SecretBytes, clock: SessionClock = .system
  ) throws(WorkspaceError) -> SessionToken {
    try prove(email, password: password, clock: clock)
    return try openSession(of: email, clock: clock)
  }

  /// Throws `logInRefused` or `lockedOut` unless it is that user's password.
  package func prove(
    _ email: String, password: borrowing SecretBytes, clock: SessionClock = .system
  ) throws(WorkspaceError) {
    guard let user = users().first(where: { $0.hasEmail(email) }) else {
      _ = try PasswordRecord.ofNobody.fits(password)
      // What was typed may be a password in the wrong place: it is not recorded.
      try acting(as: "(unknown)").record(
        .userLoggedIn, object: "user", outcome: .denied, changes: [.reason("no such user")])
      throw .access(.logInRefused)
    }
    let actor = acting(as: user.email)
    try actor.countAttempt(of: user, clock)
    guard try user.password.fits(password), user.isEnabled else { throw try actor.refused(user) }
    let state = SealedState(layout: layout)
    try state.whileHeld { () throws(WorkspaceError) in
      try state.remove(attemptsName(user.id))
    }
  }

  /// A session for somebody who has just proved, or chosen, their password.
  package func openSession(
    of email: String, clock: SessionClock = .system
  ) throws(WorkspaceError) -> SessionToken {
    let user = try user(email)
    let token = SessionToken()
    let state = SealedState(layout: layout)
    try acting(as: user.email).record(.userLoggedIn, object: ConfigurationObject.user(user.id))
    try state.whileHeld { () throws(WorkspaceError) in
      let now = clock.now()
      try sweep(state, now)
      try state.write(Session(user: user.id, began: now, used: now), token.recordName)
    }
    return token
  }

  /// The user whose session this is; the session then lasts from now on.
  ///
  /// Throws `notLoggedIn`, or `sessionEnded`; both are audited.
  ///
  /// - Parameters:
  ///   - token: nil for somebody who has none.
  ///   - command: what it is for, as it is typed.
  package func renewSession(
    _ token: SessionToken?, for command: String = "session show", clock: SessionClock = .system
  ) throws(WorkspaceError) -> User {
    try user(of: token, for: command, renews: true, clock)
  }

  /// The user whose session this is, for what goes on showing without another command: the session gets no longer.
  ///
  /// Throws as ``renewSession(_:for:clock:)``.
  package func checkSession(
    _ token: SessionToken?, for command: String, clock: SessionClock = .system
  ) throws(WorkspaceError) -> User {
    try user(of: token, for: command, renews: false, clock)
  }

  /// Whose session it is, if it is one and not over; says nothing in the log and renews nothing.
  package func holder(
    of token: SessionToken, clock: SessionClock = .system
  ) throws(WorkspaceError) -> User? {
    let state = SealedState(layout: layout)
    return try state.whileHeld { () throws(WorkspaceError) in
      guard let (session, user) = try session(token, state), !isOver(session, at: clock.now())
      else { return nil }
      return user
    }
  }

  private func user(
    of token: SessionToken?, for command: String, renews: Bool, _ clock: SessionClock
  ) throws(WorkspaceError) -> User {
    let state = SealedState(layout: layout)
    return try state.whileHeld { () throws(WorkspaceError) in
      guard let token, let (session, user) = try session(token, state) else {
        try acting(as: "(unknown)").record(
          .accessDenied, object: "command/\(command)", outcome: .denied,
          changes: [.reason("not logged in")])
        throw .access(.notLoggedIn)
      }
      let now = clock.now()
      if isOver(session, at: now) {
        try expire(token.recordName, of: user, state)
        throw .access(.sessionEnded(email: user.email, minutes: sessionMinutes))
      }
      guard renews else { return user }
      var renewed = session
      renewed.used = now
      try state.write(renewed, token.recordName)
      return user
    }
  }

  /// Ends the session; false when there was none.
  @discardableResult
  package func logOut(_ token: SessionToken) throws(WorkspaceError) -> Bool {
    let state = SealedState(layout: layout)
    return try state.whileHeld { () throws(WorkspaceError) in
      guard let session = try state.read(Session.self, token.recordName) else { return false }
      if let user = users().first(where: { $0.id == session.user }) {
        try acting(as: user.email).record(
          .userLoggedOut, object: ConfigurationObject.user(user.id))
      }
      try state.remove(token.recordName)
      return true
    }
  }

  /// Ends every session of a user, and their lock-out.
  func endSessions(of user: String) throws(WorkspaceError) {
    let state = SealedState(layout: layout)
    try state.whileHeld { () throws(WorkspaceError) in
      for name in try state.names(SessionToken.recordPrefix) {
        let session = try? state.read(Session.self, name)
        if session == nil || session?.user == user { try state.remove(name) }
      }
      try state.remove(attemptsName(user))
    }
  }
}

// MARK: - Parts

extension Workspace {
  private func attemptsName(_ user: String) -> String { "attempts-\(user)" }

  /// Throws `lockedOut`.
  private func countAttempt(of user: User, _ clock: SessionClock) throws(WorkspaceError) {
    let state = SealedState(layout: layout)
    try state.whileHeld { () throws(WorkspaceError) in
      let now = clock.now()
      let name = attemptsName(user.id)
      let before = try state.read(LogInAttempts.self, name) ?? .none(at: now)
      if let seconds = before.locked(at: now) {
        try record(
          .userLoggedIn, object: ConfigurationObject.user(user.id), outcome: .denied,
          changes: [.reason("locked out")])
        throw .access(.lockedOut(email: user.email, minutes: Int((seconds + 59) / 60)))
      }
      try state.write(before.counting(at: now), name)
    }
  }

  private func refused(_ user: User) throws(WorkspaceError) -> WorkspaceError {
    let object = ConfigurationObject.user(user.id)
    try record(
      .userLoggedIn, object: object, outcome: .denied,
      changes: [.reason(user.isEnabled ? "wrong password" : "disabled")])
    let attempts = try SealedState(layout: layout).read(LogInAttempts.self, attemptsName(user.id))
    if attempts?.isAtLimit ?? false {
      try record(.userLockedOut, object: object, changes: [.reason("wrong passwords")])
    }
    return .access(.logInRefused)
  }

  /// Nil for a session that is none, or whose user may not log in any more.
  private func session(
    _ token: SessionToken, _ state: SealedState
  ) throws(WorkspaceError) -> (Session, User)? {
    guard let session = try state.read(Session.self, token.recordName),
      let user = users().first(where: { $0.id == session.user }), user.isEnabled
    else { return nil }
    return (session, user)
  }

  private func isOver(_ session: Session, at now: SessionClock.Reading) -> Bool {
    now.longest(since: session.used) >= Int64(sessionMinutes * 60)
  }

  /// Sessions that ended while nobody looked.
  private func sweep(
    _ state: SealedState, _ now: SessionClock.Reading
  ) throws(WorkspaceError) {
    for name in try state.names(SessionToken.recordPrefix) {
      guard let session = try? state.read(Session.self, name) else {
        try state.remove(name)
        continue
      }
      guard isOver(session, at: now) else { continue }
      try expire(name, of: users().first { $0.id == session.user }, state)
    }
  }

  private func expire(
    _ name: String, of user: User?, _ state: SealedState
  ) throws(WorkspaceError) {
    if let user {
      try acting(as: user.email).record(
        .userSessionExpired, object: ConfigurationObject.user(user.id))
    }
    try state.remove(name)
  }
}

extension AuditChange {
  /// Why something was refused.
  static func reason(_ text: String) -> AuditChange {
    AuditChange(setting: "reason", old: "", new: text)
  }
}
