internal import Cryptography
internal import DeliveryQueue
internal import Foundation
internal import Ingest
internal import Synchronization
internal import Workspace

/// How far a file was read and is durable: a note in the workspace.
///
/// The beginning of the file is noted as a digest: another file in its place is read from its start. The text of a
/// note: `2 BYTES LINES LENGTH SHA256 IDENTITY`, LENGTH and SHA256 of the file's beginning; without IDENTITY it is of
/// version 1.
final class InputPosition: Sendable {
  /// Where this run begins.
  let start: LinePosition
  /// Whether there was a note that does not fit the file any more.
  let wasReplaced: Bool
  /// What the file is known by: 16 bytes, new with every file that is read from its start.
  let identity: [UInt8]
  private let descriptor: Int32
  private let state: Mutex<State>
  private static let prefixLength = 1024

  private struct State: ~Copyable {
    var note: DurableNote
    var noted: LinePosition
    var lastSync = Moment.now
    var failure: QueueError?
  }

  /// The identity is on the disk on return: lines that are read again get the messageIds again that they were given.
  ///
  /// - Parameters:
  ///   - note: the path of the note.
  ///   - begins: whether what was noted is of no interest.
  init(_ descriptor: Int32, note path: String, begins: Bool) throws {
    self.descriptor = descriptor
    var note = try DurableNote(path: path)
    let found = note.found.flatMap(Note.init)
    let fits = found.map { Self.fits($0, descriptor) } ?? true
    let continued = fits && !begins ? found : nil
    start = continued?.position ?? .start
    wasReplaced = !fits
    identity = continued?.identity ?? SecureRandom.bytes(16)
    if continued?.identity == nil {
      try note.write(Self.text(start, identity, descriptor))
      try note.sync()
    }
    state = Mutex(State(note: note, noted: start))
    guard lseek(descriptor, off_t(start.bytes), SEEK_SET) >= 0 else {
      throw IngestError.readFailed(code: errno)
    }
  }

  /// The path of the note of a file that is read by its name.
  static func note(of path: String, in workspace: Workspace) throws -> String {
    "\(try workspace.positionsFolder())/\(SHA256.hash(Array(canonical(path).utf8)).hex)"
  }

  /// Everything up to there is durable; a killed host finds it, a loss of power costs a second of it.
  func advance(to position: LinePosition) {
    state.withLock { state in
      state.noted = position
      do throws(QueueError) {
        try state.note.write(Self.text(position, identity, descriptor))
        if state.lastSync.duration(to: .now) > .seconds(1) {
          try state.note.sync()
          state.lastSync = .now
        }
      } catch {
        state.failure = error
      }
    }
  }

  /// How far everything is durable.
  var noted: LinePosition { state.withLock { $0.noted } }

  /// Makes the note durable; throws when it could not be kept: the next run begins earlier, and sends events again.
  func sync() throws {
    try state.withLock { state in
      try state.note.sync()
      if let failure = state.failure { throw failure }
    }
  }

  // MARK: - The note

  private struct Note {
    let position: LinePosition
    let length: Int
    let digest: String
    let identity: [UInt8]?

    /// Nil for a text that is none.
    init?(_ text: [UInt8]) {
      let words = String(decoding: text, as: UTF8.self).split(separator: " ")
      guard words.count == 5 && words[0] == "1" || words.count == 6 && words[0] == "2",
        let bytes = Int(words[1]), let lines = Int(words[2]), let length = Int(words[3]),
        bytes >= 0, lines >= 0, (0...prefixLength).contains(length)
      else { return nil }
      position = LinePosition(bytes: bytes, lines: lines)
      self.length = length
      digest = String(words[4])
      identity = words.count == 6 ? Self.bytes(words[5]) : nil
    }

    private static func bytes(_ hex: Substring) -> [UInt8]? {
      let digits = hex.compactMap(\.hexDigitValue)
      guard digits.count == 32, hex.utf8.count == 32 else { return nil }
      return stride(from: 0, to: 32, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
  }

  private static func text(
    _ position: LinePosition, _ identity: [UInt8], _ descriptor: Int32
  ) -> [UInt8] {
    let length = min(prefixLength, position.bytes)
    let digest = digest(descriptor, length)?.hex ?? "-"
    let hex = identity.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    return Array("2 \(position.bytes) \(position.lines) \(length) \(digest) \(hex)".utf8)
  }

  private static func fits(_ note: Note, _ descriptor: Int32) -> Bool {
    var status = stat()
    return unsafe fstat(descriptor, &status) == 0 && Int(status.st_size) >= note.position.bytes
      && digest(descriptor, note.length)?.hex == note.digest
  }

  private static func digest(_ descriptor: Int32, _ length: Int) -> SHA256Digest? {
    var bytes = [UInt8](repeating: 0, count: length)
    let got = unsafe bytes.withUnsafeMutableBytes {
      unsafe pread(descriptor, $0.baseAddress, length, 0)
    }
    return got == length ? SHA256.hash(bytes) : nil
  }

  private static func canonical(_ path: String) -> String {
    guard let resolved = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }
}
