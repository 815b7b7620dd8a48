internal import AuditLog

/// A place of letters: one of a destination, or that of the lines that were no events.
package enum DeadLetterBox: Sendable, Equatable {
  case destination(String)
  case rejected

  /// What the commands call the rejected lines.
  package static let rejectedName = "@rejected"
  /// The source that lines come from.
  package static let lines = "lines"

  package init(_ name: String) {
    self = name == Self.rejectedName ? .rejected : .destination(name)
  }

  package var name: String {
    switch self {
    case .destination(let id): id
    case .rejected: Self.rejectedName
    }
  }

  /// What the audit log calls it.
  var object: String { "dead-letters/\(name)" }
}

// MARK: - What is done with letters, each with its records

extension Workspace {
  /// The letters of a box; throws `noSuchDestination` for a destination that is none and left none.
  package func letters(in box: DeadLetterBox) throws(WorkspaceError) -> DeadLetterStore {
    switch box {
    case .rejected: return try rejected(from: DeadLetterBox.lines)
    case .destination(let id):
      let store = try deadLetters(of: id)
      if !Disk.exists(store.path) { _ = try destination(id) }
      return store
    }
  }

  /// To be called before the first byte of a letter is shown: durable on return.
  ///
  /// - Parameter isRaw: classified values are shown too.
  package func recordView(
    of letter: DeadLetter, in box: DeadLetterBox, isRaw: Bool
  ) throws(WorkspaceError) {
    try record(
      isRaw ? .deadLetterRawViewed : .deadLetterViewed, object: box.object,
      changes: [AuditChange(setting: "letter", old: "", new: letter.id)])
  }

  /// To be called before the first event is shown live: durable on return.
  ///
  /// - Parameter destination: whose events are watched; nil for what is accepted.
  package func recordTail(of destination: String?, isRaw: Bool) throws(WorkspaceError) {
    try record(
      .eventsTailed, object: destination.map { ConfigurationObject.destination($0) } ?? "events",
      changes: [AuditChange(setting: "values", old: "", new: isRaw ? "shown" : "masked")])
  }

  /// Writes letters out by `body` between an intent record and its outcome; gives what `body` counted.
  package func exportLetters(
    of box: DeadLetterBox, _ body: () throws -> Int
  ) throws -> Int {
    let request = AuditedRequest(audit, .deadLetterExported, box.object, actor)
    return try Self.audited(request, body)
  }

  /// Puts letters back on their way: the host takes them when it runs, with the messageId that they had.
  ///
  /// They are durable among those to be delivered before they leave the dead letters: a crash between the two delivers
  /// them twice. Returns how many there were.
  package func redriveLetters(
    of id: String, where isWanted: (DeadLetter) -> Bool
  ) throws -> Int {
    let store = try letters(in: .destination(id))
    let waiting = try redriven(to: id)
    let request = AuditedRequest(
      audit, .deadLetterRedriven, DeadLetterBox.destination(id).object, actor)
    return try Self.audited(request) {
      var moved: Set<String> = []
      try store.forEach(damaged: { _ in }) { (letter) throws(WorkspaceError) in
        guard isWanted(letter) else { return }
        try waiting.append(letter)
        moved.insert(letter.id)
      }
      try waiting.sync()
      try store.remove { moved.contains($0.id) }
      return moved.count
    }
  }

  /// Removes letters for good; nil removes all, those that cannot be read too.
  ///
  /// Returns how many were removed, as far as they could be counted.
  package func purgeLetters(
    in box: DeadLetterBox, where isWanted: ((DeadLetter) -> Bool)?
  ) throws -> Int {
    let store = try letters(in: box)
    let request = AuditedRequest(audit, .deadLetterPurged, box.object, actor)
    return try Self.audited(request) {
      if let isWanted { return try store.remove(isWanted) }
      let count = (try? store.count()) ?? 0
      try store.removeAll()
      return count
    }
  }

  private static func audited(_ request: AuditedRequest, _ body: () throws -> Int) throws -> Int {
    try request.record(.intent, (nil, nil), [])
    do {
      let count = try body()
      try request.record(
        .ok, (nil, nil), [AuditChange(setting: "letters", old: "", new: "\(count)")])
      return count
    } catch {
      try request.record(
        .failed, (nil, nil), [AuditChange(setting: "reason", old: "", new: "\(error)")])
      throw error
    }
  }
}
