internal import Glibc

// Taking letters out.
extension DeadLetterStore {
  /// Removes these letters for good: a file that held some is replaced by one without them, durable on return.
  ///
  /// What is damaged in it stays. Returns how many were removed.
  @discardableResult
  package func remove(_ isGone: (DeadLetter) -> Bool) throws(WorkspaceError) -> Int {
    var removed = 0
    for name in try files() {
      let path = "\(self.path)/\(name)"
      guard let lock = try Self.locked(path) else { continue }
      defer { close(lock) }
      removed += try remove(isGone, from: path)
    }
    return removed
  }

  /// Gives the letters of one file after the other, and removes those of them that `body` returns before it reads on.
  ///
  /// So it needs memory for one file, which is bounded, and writes each anew once at most.
  package func takeOut(
    damaged: (WorkspaceError) -> Void,
    _ body: ([DeadLetter]) throws(WorkspaceError) -> Set<String>
  ) throws(WorkspaceError) {
    for name in try files() {
      let path = "\(self.path)/\(name)"
      guard let reader = try opened(path) else { continue }
      var letters: [DeadLetter] = []
      var isWhole = true
      try forEach(in: reader) { content in
        if case .letter(let letter) = content { letters.append(letter) } else { isWhole = false }
      }
      if !isWhole { damaged(.deadLettersDamaged(path: path)) }
      let gone = try body(letters)
      guard !gone.isEmpty, let lock = try Self.locked(path) else { continue }
      defer { close(lock) }
      _ = try remove({ gone.contains($0.id) }, from: path)
    }
  }

  /// Removes every letter, those in damaged files too.
  package func removeAll() throws(WorkspaceError) {
    for name in try files() {
      let path = "\(self.path)/\(name)"
      guard let lock = try Self.locked(path) else { continue }
      defer { close(lock) }
      try Disk.remove(path)
    }
    // What a crash left of files that were being written anew.
    for name in try Disk.names(in: path, hidden: true) where name.hasPrefix(Disk.temporaryPrefix) {
      try? Disk.remove("\(path)/\(name)")
    }
  }

  /// Nil when the file is not there any more.
  private static func locked(_ path: String) throws(WorkspaceError) -> Int32? {
    let descriptor: Int32
    do throws(WorkspaceError) {
      descriptor = try Disk.openFile(path, O_RDONLY)
    } catch {
      guard case .fileFailed(_, _, ENOENT) = error else { throw error }
      return nil
    }
    while flock(descriptor, LOCK_EX) != 0 && errno == EINTR {}
    return descriptor
  }

  private func remove(
    _ isGone: (DeadLetter) -> Bool, from path: String
  ) throws(WorkspaceError) -> Int {
    var kept: [DeadLetter] = []
    var damage: [UInt8] = []
    var removed = 0
    try forEach(in: DeadLetterReader(path)) { content in
      switch content {
      case .letter(let letter): if isGone(letter) { removed += 1 } else { kept.append(letter) }
      case .damage(let bytes): damage += bytes
      }
    }
    guard removed > 0 else { return 0 }
    if kept.isEmpty, damage.isEmpty {
      try Disk.remove(path)
    } else {
      try replace(path, with: kept, damage)
    }
    return removed
  }

  /// What is damaged stands behind what is not, so that it is told at the next reading as well.
  private func replace(
    _ path: String, with letters: [DeadLetter], _ damage: [UInt8]
  ) throws(WorkspaceError) {
    var bytes = DeadLetterFile.newHeader()
    guard var file = try DeadLetterFile(header: bytes, purpose: purpose, layout) else { return }
    for letter in letters { try file.seal(letter, appendingTo: &bytes) }
    try Disk.replace(path, with: bytes + damage)
  }
}
