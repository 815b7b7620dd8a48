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
  package func letters(in box: DeadLetterBox) throws(WorkspaceError) -> BoxedLetters {
    switch box {
    case .rejected:
      return BoxedLetters(dead: try rejected(from: DeadLetterBox.lines), waiting: nil)
    case .destination(let id):
      let (dead, waiting) = (try deadLetters(of: id), try redriven(to: id))
      if !Disk.exists(dead.path), !Disk.exists(waiting.path) { _ = try destination(id) }
      return BoxedLetters(dead: dead, waiting: waiting)
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
    return try Self.audited(request) { BoxedLetters.Count(all: try body()) }.all
  }

  /// Puts letters back on their way: the host takes them when it runs, with the messageId that they had.
  ///
  /// They are durable among those to be delivered before they leave the dead letters. What a crash between the two leaves
  /// in both places is one letter to all that is done next. Returns how many there were.
  package func redriveLetters(
    of id: String, where isWanted: (DeadLetter) -> Bool
  ) throws -> Int {
    let letters = try letters(in: .destination(id))
    let request = AuditedRequest(
      audit, .deadLetterRedriven, DeadLetterBox.destination(id).object, actor)
    return try Self.audited(request) {
      BoxedLetters.Count(all: try letters.redrive(isWanted))
    }.all
  }

  /// Removes letters for good, those that wait to be delivered once more too; nil removes all, also what cannot be read.
  ///
  /// Of a letter that a host has taken up already, the event is in the queue. Returns how many were removed, as far as
  /// they could be counted.
  package func purgeLetters(
    in box: DeadLetterBox, where isWanted: ((DeadLetter) -> Bool)?
  ) throws -> BoxedLetters.Count {
    let letters = try letters(in: box)
    let request = AuditedRequest(audit, .deadLetterPurged, box.object, actor)
    return try Self.audited(request) {
      if let isWanted { try letters.remove(isWanted) } else { try letters.removeAll() }
    }
  }

  private static func audited(
    _ request: AuditedRequest, _ body: () throws -> BoxedLetters.Count
  ) throws -> BoxedLetters.Count {
    try request.record(.intent, (nil, nil), [])
    do {
      let count = try body()
      var changes = [AuditChange(setting: "letters", old: "", new: "\(count.all)")]
      if count.waiting > 0 {
        changes.append(
          AuditChange(setting: "waiting_for_redrive", old: "", new: "\(count.waiting)"))
      }
      try request.record(.ok, (nil, nil), changes)
      return count
    } catch {
      try request.record(
        .failed, (nil, nil), [AuditChange(setting: "reason", old: "", new: "\(error)")])
      throw error
    }
  }
}
