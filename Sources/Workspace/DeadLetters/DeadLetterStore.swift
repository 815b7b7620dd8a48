internal import Cryptography
internal import Glibc

/// Events that were not delivered, sealed at rest; one thread at a time.
///
/// A folder of files (``DeadLetterFile``). Each store object writes a file of its own, made with the first letter.
package final class DeadLetterStore {
  package let path: String
  let layout: WorkspaceLayout
  let purpose: String
  private var file: DeadLetterFile?
  private var filePath = ""
  private var descriptor: Int32 = -1
  /// How much of the file is whole records.
  private var length = 0
  /// Behind so many bytes another file is begun: whoever takes letters out reads one whole and writes it anew.
  private let maximumFile: Int

  init(
    _ layout: WorkspaceLayout, folder: String, workspaceID: String, name: String,
    maximumFile: Int = 4 << 20
  ) {
    self.layout = layout
    self.maximumFile = maximumFile
    path = "\(layout.root)/\(folder)/\(name)"
    purpose = "sealpost \(folder) 1\u{0}\(workspaceID)\u{0}\(name)"
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Appends a letter; it is on the disk only after ``sync()``.
  ///
  /// A failed write leaves no half record behind.
  package func append(_ letter: DeadLetter) throws(WorkspaceError) {
    try append(CollectionOfOne(letter))
  }

  /// Appends letters with one write; all or none.
  ///
  /// Whoever takes letters out of a file replaces it meanwhile: then this goes on in a new one.
  package func append(_ letters: some Collection<DeadLetter>) throws(WorkspaceError) {
    guard !letters.isEmpty else { return }
    if length >= maximumFile { try endFull() }
    if file == nil || !lockIfInPlace() { try begin() }
    defer { flock(descriptor, LOCK_UN) }
    var bytes: [UInt8] = []
    do throws(WorkspaceError) {
      for letter in letters { try file?.seal(letter, appendingTo: &bytes) }
      try Disk.writeAll(bytes, to: descriptor, filePath)
    } catch {
      // The numbers used are not used again: the file ends here, at its last whole record.
      _ = ftruncate(descriptor, off_t(length))
      // Nobody asks later for the letters before, as `sync` is for the file that is written to.
      if length > DeadLetterFile.headerLength { try sync() }
      leave()
      throw error
    }
    length += bytes.count
  }

  /// What was appended to it is on the disk before it is left: ``sync()`` asks for the last file alone.
  private func endFull() throws(WorkspaceError) {
    guard file != nil else { return }
    try sync()
    end()
  }

  /// Takes the file's lock; false, and the file is given up, when it stands in the folder no more.
  private func lockIfInPlace() -> Bool {
    while flock(descriptor, LOCK_EX) != 0 && errno == EINTR {}
    var status = stat()
    if unsafe fstat(descriptor, &status) == 0, status.st_nlink > 0 { return true }
    end()
    return false
  }

  /// Returns when everything that was appended is on the disk.
  ///
  /// A failed fsync is never tried again: the next letter starts another file.
  package func sync() throws(WorkspaceError) {
    guard descriptor >= 0, fdatasync(descriptor) != 0 else { return }
    let failure = Disk.failed(filePath, "fdatasync")
    end()
    throw failure
  }

  /// As ``sync()``, of what others appended too.
  func syncFiles() throws(WorkspaceError) {
    for name in try files() {
      guard let file = try opened("\(path)/\(name)") else { continue }
      try file.sync()
    }
    try Disk.syncFolder(path)
  }

  /// How many whole records the files hold; opens none of them.
  package func count() throws(WorkspaceError) -> Int {
    var count = 0
    for name in try files() {
      let reader = try DeadLetterReader("\(path)/\(name)")
      guard try reader.header() != nil else { continue }
      while try reader.skipRecord() { count += 1 }
    }
    return count
  }

  /// Of all its files, in bytes.
  package var size: Int {
    (try? files())?.reduce(0) { sum, name in
      var status = stat()
      return unsafe stat("\(path)/\(name)", &status) == 0 ? sum + Int(status.st_size) : sum
    } ?? 0
  }

  /// Opens every letter, from the oldest to the newest file; a record that a crash cut off ends its file.
  ///
  /// - Parameter damaged: told of a file with a record that is not authentic; all that can be read of it is given, and the
  ///   next file is gone on with. Nil: thrown.
  package func forEach(
    damaged: ((WorkspaceError) -> Void)? = nil, _ body: (DeadLetter) throws(WorkspaceError) -> Void
  ) throws(WorkspaceError) {
    for name in try files() {
      // A file that was taken away since then held nothing any more.
      guard let reader = try opened("\(path)/\(name)") else { continue }
      var isWhole = true
      try forEach(in: reader) { (content) throws(WorkspaceError) in
        if case .letter(let letter) = content { return try body(letter) }
        isWhole = false
        if damaged == nil { throw .deadLettersDamaged(path: reader.path) }
      }
      if !isWhole { damaged?(.deadLettersDamaged(path: reader.path)) }
    }
  }

  func opened(_ path: String) throws(WorkspaceError) -> DeadLetterReader? {
    do throws(WorkspaceError) {
      return try DeadLetterReader(path)
    } catch {
      guard case .fileFailed(_, _, ENOENT) = error else { throw error }
      return nil
    }
  }

  enum Content {
    case letter(DeadLetter)
    /// Bytes that are no letter of this store, as they stand in the file.
    case damage([UInt8])
  }

  /// What stands in a file; behind a record that is not authentic the next is looked at, as long as there are lengths.
  func forEach(
    in reader: DeadLetterReader, _ body: (Content) throws(WorkspaceError) -> Void
  ) throws(WorkspaceError) {
    guard let header = try reader.header() else { return }
    guard var file = try DeadLetterFile(header: header, purpose: purpose, layout) else {
      return try body(.damage(reader.rest(from: 0)))
    }
    var offset = header.count
    do throws(WorkspaceError) {
      while let record = try reader.record() {
        if let letter = file.open(record) {
          try body(.letter(letter))
        } else {
          var bytes: [UInt8] = []
          DeadLetter.append(UInt64(record.count), 4, to: &bytes)
          try body(.damage(bytes + record))
        }
        offset += 4 + record.count
      }
    } catch {
      guard case .deadLettersDamaged = error else { throw error }
      try body(.damage(reader.rest(from: offset)))
    }
  }

  func files() throws(WorkspaceError) -> [String] {
    try Disk.names(in: path).filter { $0.hasSuffix(".letters") }
  }

  private func begin() throws(WorkspaceError) {
    try Disk.makeFolder(Disk.parent(of: path), existing: true)
    try Disk.makeFolder(path, existing: true)
    let time = String(Timestamp.nanoseconds)
    filePath =
      "\(path)/" + String(repeating: "0", count: max(0, 20 - time.count)) + time
      + "-\(Names.random(8)).letters"
    let header = DeadLetterFile.newHeader()
    let new = try DeadLetterFile(header: header, purpose: purpose, layout)
    descriptor = try Disk.openFile(filePath, O_WRONLY | O_CREAT | O_EXCL | O_APPEND)
    while flock(descriptor, LOCK_EX) != 0 && errno == EINTR {}
    do throws(WorkspaceError) {
      length = 0
      try Disk.writeAll(header, to: descriptor, filePath)
      try Disk.syncFolder(path)
    } catch {
      leave()
      throw error
    }
    file = new
    length = header.count
  }

  /// Ends a file that failed; one without a letter goes, since whoever tries again on a full disk would make many.
  private func leave() {
    if length <= DeadLetterFile.headerLength { try? Disk.remove(filePath) }
    end()
  }

  private func end() {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
    file = nil
  }
}

extension Workspace {
  /// The letters of a destination that were not delivered.
  package func deadLetters(of destinationID: String) throws(WorkspaceError) -> DeadLetterStore {
    try store("dead-letters", destinationID)
  }

  /// Events that were refused before any destination saw them, under the name of their source.
  package func rejected(from source: String) throws(WorkspaceError) -> DeadLetterStore {
    try store("rejected", source)
  }

  /// Letters that are to be delivered once more; the host takes them from there.
  package func redriven(to destinationID: String) throws(WorkspaceError) -> DeadLetterStore {
    try store("redrive", destinationID)
  }

  private func store(_ folder: String, _ name: String) throws(WorkspaceError) -> DeadLetterStore {
    guard Names.isDestinationID(name) else {
      throw .badDestinationID(String(name.prefix(64).filter { $0.isASCII }))
    }
    return DeadLetterStore(layout, folder: folder, workspaceID: id, name: name)
  }
}
