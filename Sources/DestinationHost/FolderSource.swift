internal import Foundation
internal import Glibc
internal import Ingest
internal import Workspace

/// Lines from the files of a folder: what is in it, and what is written into it while the host runs.
///
/// Files are read in the order of their names, each to its end, again and again. What the rules are for files that are
/// renamed, shortened, replaced or not finished: `Notes.md`.
struct FolderSource: EventSource {
  let path: String
  let workspace: Workspace
  /// Whether its end is reached when everything that is in it was read.
  let readsOnce: Bool
  /// Whether every file is read from its start, whatever was noted.
  let fromStart: Bool

  /// Throws `IngestError` when the folder cannot be listed at the start.
  func read(into pipeline: Pipeline, _ control: RunControl) throws {
    let reading = try FolderReading(self, pipeline, control)
    while !control.shouldStop {
      let found = try reading.round()
      if readsOnce, !found { return }
      if !found { Thread.sleep(forTimeInterval: 0.2) }
    }
  }
}

/// What one run knows of the files of its folder; used by the source's thread.
private final class FolderReading {
  private let source: FolderSource
  private let pipeline: Pipeline
  private let control: RunControl
  private let notes: FolderNotes
  private var files: [FileIdentity: FollowedFile] = [:]
  /// Files that this run has opened before: only the first time any is read from its start because that was asked for.
  private var opened: Set<FileIdentity> = []
  /// Told once each.
  private var told: Set<String> = []
  /// Files that are kept open between two rounds, at most.
  private static let mostOpen = 128

  init(_ source: FolderSource, _ pipeline: Pipeline, _ control: RunControl) throws {
    self.source = source
    self.pipeline = pipeline
    self.control = control
    notes = try FolderNotes(of: source.path, in: source.workspace)
    notes.forget(allBut: Set(try FolderListing.files(of: source.path).map(\.identity)))
  }

  /// Looks at every file once; whether anything was read.
  func round() throws -> Bool {
    let found = try FolderListing.files(of: source.path)
    var hasRead = false
    for file in found where !control.shouldStop {
      do {
        if try look(at: file) { hasRead = true }
      } catch let error as IngestError {
        tell("\(file.name): \(error)")
      }
    }
    closeSome(Set(found.map(\.identity)))
    return hasRead
  }

  private func look(at file: FolderListing.File) throws -> Bool {
    var begins = source.fromStart && !opened.contains(file.identity)
    if let known = files[file.identity] {
      guard file.size != known.seenSize else { return false }
      if file.size >= known.readTo.bytes { return try read(known, file) }
      // It became shorter, so what is in it now is new; what is under way still writes into the file's note.
      guard known.isSettled else { return false }
      files[file.identity] = nil
      begins = true
    }
    guard let new = try open(file, begins: begins) else { return false }
    files[file.identity] = new
    opened.insert(file.identity)
    return try read(new, file)
  }

  private func open(_ file: FolderListing.File, begins: Bool) throws -> FollowedFile? {
    let path = "\(source.path)/\(file.name)"
    let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else {
      tell("\(file.name): \(IngestError.readFailed(code: errno))")
      return nil
    }
    let opened = try FollowedFile(descriptor, notes.path(of: file.identity), begins: begins)
    if opened.position.wasReplaced { control.report(.inputReplaced) }
    return opened
  }

  /// Reads what was added, whole lines only; whether there was any.
  private func read(_ file: FollowedFile, _ found: FolderListing.File) throws -> Bool {
    file.seenSize = found.size
    guard lseek(file.descriptor, off_t(file.readTo.bytes), SEEK_SET) >= 0 else {
      throw IngestError.readFailed(code: errno)
    }
    var reader = LineBlockReader(
      descriptor: file.descriptor, from: file.readTo, endsLastLine: false,
      shouldStop: { [control] in control.shouldStop })
    var hasRead = false
    while !control.shouldStop, let block = pipeline.takeBlock() {
      guard try reader.next(into: &block.lines) else {
        pipeline.putBack(block)
        break
      }
      hasRead = true
      file.readTo = block.lines.end
      submit(block, of: file, found.name)
    }
    return hasRead
  }

  /// The file stays open until the block is durable, though the source may have come to its end by then.
  private func submit(_ block: Block, of file: FollowedFile, _ name: String) {
    let (end, control) = (block.lines.end, control)
    block.input = file.position.identity
    block.acknowledge = { outcome in
      guard case .durable(let rejections, _) = outcome else { return }
      file.position.advance(to: end)
      for rejection in rejections {
        control.report(
          .rejected(Rejection(line: rejection.line, reason: rejection.reason, file: name)))
      }
    }
    pipeline.submit(block)
  }

  /// Closes files that are gone, and some of those of which everything is durable.
  private func closeSome(_ present: Set<FileIdentity>) {
    for (identity, file) in files where file.isSettled {
      if !present.contains(identity) || files.count > Self.mostOpen { files[identity] = nil }
    }
  }

  private func tell(_ text: String) {
    if told.insert(text).inserted { control.report(.damaged(text)) }
  }
}

/// A file that is being followed.
private final class FollowedFile: @unchecked Sendable {
  // Protected by confinement: `readTo` and `seenSize` are the source's thread's; the rest never changes.
  let descriptor: Int32
  let position: InputPosition
  /// Behind the last line that was handed over.
  var readTo: LinePosition
  /// In bytes, when it was last looked at.
  var seenSize = -1

  init(_ descriptor: Int32, _ note: String, begins: Bool) throws {
    self.descriptor = descriptor
    do {
      position = try InputPosition(descriptor, note: note, begins: begins)
    } catch {
      close(descriptor)
      throw error
    }
    readTo = position.start
  }

  deinit {
    // What is lost by a failure is read again, and its events have the same messageIds.
    try? position.sync()
    close(descriptor)
  }

  /// Whether everything that was read of it is durable, so that its note says where to go on.
  var isSettled: Bool { position.noted == readTo }
}
