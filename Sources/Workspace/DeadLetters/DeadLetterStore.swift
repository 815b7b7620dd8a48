internal import Cryptography
internal import Glibc

/// Events that were not delivered, sealed at rest; one thread at a time.
///
/// A folder of files (``DeadLetterFile``). Each store object writes a file of its own, made with the first letter.
package final class DeadLetterStore {
  package let path: String
  private let layout: WorkspaceLayout
  private let purpose: String
  private var file: DeadLetterFile?
  private var filePath = ""
  private var descriptor: Int32 = -1
  /// How much of the file is whole records.
  private var length = 0

  init(_ layout: WorkspaceLayout, folder: String, workspaceID: String, name: String) {
    self.layout = layout
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
  package func append(_ letters: some Collection<DeadLetter>) throws(WorkspaceError) {
    guard !letters.isEmpty else { return }
    if file == nil { try begin() }
    var bytes: [UInt8] = []
    do throws(WorkspaceError) {
      for letter in letters { try file?.seal(letter, appendingTo: &bytes) }
      try Disk.writeAll(bytes, to: descriptor, filePath)
    } catch {
      // The numbers used are not used again: the file ends here, at its last whole record.
      _ = ftruncate(descriptor, off_t(length))
      end()
      throw error
    }
    length += bytes.count
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

  /// Opens every letter, from the oldest to the newest file; a record that a crash cut off ends its file.
  ///
  /// Throws `deadLettersDamaged` at a record that is not authentic.
  package func forEach(
    _ body: (DeadLetter) throws(WorkspaceError) -> Void
  ) throws(WorkspaceError) {
    for name in try files() {
      let reader = try DeadLetterReader("\(path)/\(name)")
      guard let header = try reader.header() else { continue }
      guard var file = try DeadLetterFile(header: header, purpose: purpose, layout) else {
        throw .deadLettersDamaged(path: reader.path)
      }
      while let record = try reader.record() {
        guard let letter = file.open(record) else {
          throw .deadLettersDamaged(path: reader.path)
        }
        try body(letter)
      }
    }
  }

  private func files() throws(WorkspaceError) -> [String] {
    try Disk.names(in: path).filter { $0.hasSuffix(".letters") }
  }

  private func begin() throws(WorkspaceError) {
    try Disk.makeFolder(Disk.parent(of: path), existing: true)
    try Disk.makeFolder(path, existing: true)
    var now = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &now)
    let time = String(Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec))
    filePath =
      "\(path)/" + String(repeating: "0", count: max(0, 20 - time.count)) + time
      + "-\(Names.random(8)).letters"
    let header = DeadLetterFile.newHeader()
    let new = try DeadLetterFile(header: header, purpose: purpose, layout)
    descriptor = try Disk.openFile(filePath, O_WRONLY | O_CREAT | O_EXCL | O_APPEND)
    do throws(WorkspaceError) {
      try Disk.writeAll(header, to: descriptor, filePath)
      try Disk.syncFolder(path)
    } catch {
      end()
      throw error
    }
    file = new
    length = header.count
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

  private func store(_ folder: String, _ name: String) throws(WorkspaceError) -> DeadLetterStore {
    guard Names.isDestinationID(name) else {
      throw .badDestinationID(String(name.prefix(64).filter { $0.isASCII }))
    }
    return DeadLetterStore(layout, folder: folder, workspaceID: id, name: name)
  }
}
