internal import Cryptography
internal import DeliveryQueue
internal import Foundation
internal import Ingest
internal import Synchronization
internal import Workspace

/// How far a file was read and is durable: a note in the workspace, under the file's path.
///
/// The beginning of the file is noted as a digest: another file under the same path is read from its start. The text
/// of a note: `1 BYTES LINES LENGTH SHA256`, the last two of the file's beginning.
final class InputPosition: Sendable {
  /// Where this run begins.
  let start: LinePosition
  /// Whether there was a note that does not fit the file any more.
  let wasReplaced: Bool
  private let descriptor: Int32
  private let state: Mutex<State>
  private static let prefixLength = 1024

  private struct State: ~Copyable {
    var note: DurableNote
    var lastSync = Moment.now
    var failure: QueueError?
  }

  /// - Parameters:
  ///   - path: of the open file, for its identity.
  ///   - begins: whether what was noted is of no interest.
  init(
    _ descriptor: Int32, path: String, in workspace: Workspace, begins: Bool
  ) throws {
    self.descriptor = descriptor
    let name = SHA256.hash(Array(Self.canonical(path).utf8)).hex
    let note = try DurableNote(path: "\(workspace.positionsFolder())/\(name)")
    let found = note.found.flatMap(Self.parse)
    let fits = found.map { Self.fits($0, descriptor) } ?? true
    start = fits && !begins ? found?.position ?? .start : .start
    wasReplaced = !fits
    state = Mutex(State(note: note))
    guard lseek(descriptor, off_t(start.bytes), SEEK_SET) >= 0 else {
      throw IngestError.readFailed(code: errno)
    }
  }

  /// Everything up to there is durable; a killed host finds it, a loss of power costs a second of it.
  func advance(to position: LinePosition) {
    state.withLock { state in
      do throws(QueueError) {
        try state.note.write(text(position))
        if state.lastSync.duration(to: .now) > .seconds(1) {
          try state.note.sync()
          state.lastSync = .now
        }
      } catch {
        state.failure = error
      }
    }
  }

  /// Makes the note durable; throws when it could not be kept: the next run begins earlier, and sends events again.
  func sync() throws {
    try state.withLock { state in
      try state.note.sync()
      if let failure = state.failure { throw failure }
    }
  }

  private func text(_ position: LinePosition) -> [UInt8] {
    let length = min(Self.prefixLength, position.bytes)
    let digest = Self.digest(descriptor, length)?.hex ?? "-"
    return Array("1 \(position.bytes) \(position.lines) \(length) \(digest)".utf8)
  }

  private struct Found {
    let position: LinePosition
    let length: Int
    let digest: String
  }

  private static func parse(_ text: [UInt8]) -> Found? {
    let words = String(decoding: text, as: UTF8.self).split(separator: " ")
    guard words.count == 5, words[0] == "1", let bytes = Int(words[1]), let lines = Int(words[2]),
      let length = Int(words[3]), bytes >= 0, lines >= 0, (0...prefixLength).contains(length)
    else { return nil }
    return Found(
      position: LinePosition(bytes: bytes, lines: lines), length: length,
      digest: String(words[4]))
  }

  private static func fits(_ found: Found, _ descriptor: Int32) -> Bool {
    var status = stat()
    return unsafe fstat(descriptor, &status) == 0 && Int(status.st_size) >= found.position.bytes
      && digest(descriptor, found.length)?.hex == found.digest
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
