/// The letters of one box: those that lie there, and those that wait to be delivered once more; one thread at a time.
///
/// A redrive that was interrupted leaves a letter in both places: it is given once, as one that waits.
package struct BoxedLetters {
  package enum State: String, Sendable {
    /// Nothing is done with it.
    case dead
    /// It was redriven, and no host has taken it yet.
    case waitingForRedrive = "waiting_for_redrive"
  }

  /// How many letters something was done with; what lay in both places counts once.
  package struct Count: Sendable, Equatable {
    package var all: Int
    /// Those of them that waited to be delivered once more.
    package var waiting: Int

    package init(all: Int = 0, waiting: Int = 0) {
      self.all = all
      self.waiting = waiting
    }
  }

  let dead: DeadLetterStore
  /// Nil for lines, which are never redriven.
  let waiting: DeadLetterStore?

  /// Opens every letter, those that wait last.
  ///
  /// One that is redriven meanwhile may be given twice, and is never missed.
  /// - Parameter damaged: as of ``DeadLetterStore/forEach(damaged:_:)``.
  package func forEach(
    damaged: ((WorkspaceError) -> Void)? = nil,
    _ body: (DeadLetter, State) throws(WorkspaceError) -> Void
  ) throws(WorkspaceError) {
    let alsoWaiting = try idsOfWaiting()
    try dead.forEach(damaged: damaged) { (letter) throws(WorkspaceError) in
      if !alsoWaiting.contains(letter.id) { try body(letter, .dead) }
    }
    try waiting?.forEach(damaged: damaged) { (letter) throws(WorkspaceError) in
      try body(letter, .waitingForRedrive)
    }
  }

  /// As far as they can be read.
  func idsOfWaiting() throws(WorkspaceError) -> Set<String> {
    var ids: Set<String> = []
    try waiting?.forEach(damaged: { _ in }) { ids.insert($0.id) }
    return ids
  }

  /// As ``DeadLetterStore/remove(_:)``, in both places; those that wait first, so that a host takes none of them later.
  func remove(_ isGone: (DeadLetter) -> Bool) throws(WorkspaceError) -> Count {
    var ids: Set<String> = []
    let note = { (letter: DeadLetter) in
      guard isGone(letter) else { return false }
      ids.insert(letter.id)
      return true
    }
    try waiting?.remove(note)
    let waited = ids.count
    try dead.remove(note)
    return Count(all: ids.count, waiting: waited)
  }

  /// As ``DeadLetterStore/removeAll()``, in both places; counted as far as they can be.
  func removeAll() throws(WorkspaceError) -> Count {
    let waited = (try? waiting?.count()) ?? 0
    let all = ((try? dead.count()) ?? 0) + waited - ((try? countInBoth()) ?? 0)
    try waiting?.removeAll()
    try dead.removeAll()
    return Count(all: all, waiting: waited)
  }

  private func countInBoth() throws(WorkspaceError) -> Int {
    let alsoWaiting = try idsOfWaiting()
    guard !alsoWaiting.isEmpty else { return 0 }
    var count = 0
    try dead.forEach(damaged: { _ in }) { if alsoWaiting.contains($0.id) { count += 1 } }
    return count
  }

  /// Puts letters among those that wait: durable there before they leave the dead ones.
  ///
  /// Returns how many there were.
  func redrive(_ isWanted: (DeadLetter) -> Bool) throws(WorkspaceError) -> Int {
    guard let waiting else { return 0 }
    let alsoWaiting = try idsOfWaiting()
    var moved: Set<String> = []
    try dead.forEach(damaged: { _ in }) { (letter) throws(WorkspaceError) in
      guard isWanted(letter) else { return }
      if !alsoWaiting.contains(letter.id) { try waiting.append(letter) }
      moved.insert(letter.id)
    }
    try waiting.sync()
    // What an interrupted redrive wrote, nobody may have synced.
    if !alsoWaiting.isDisjoint(with: moved) { try waiting.syncFiles() }
    try dead.remove { moved.contains($0.id) }
    return moved.count
  }
}
