internal import EventJSON
internal import Workspace

/// Keeps lines that were no events, sealed, so that they can be corrected and sent again; used by one thread.
///
/// Bounded: what is beyond the bound is counted and not kept. A line that cannot be kept is told and stops nothing, since
/// nobody was promised it.
final class RejectedLines {
  private let store: DeadLetterStore
  private let maximumBytes: Int
  private let report: @Sendable (HostReport) -> Void
  private var room: Int
  private var hasFailed = false
  private(set) var notKept = 0

  /// - Parameter maximumBytes: of all that is kept, what earlier runs left included.
  init(
    _ store: DeadLetterStore, maximumBytes: Int = 64 << 20,
    report: @escaping @Sendable (HostReport) -> Void
  ) {
    self.store = store
    self.maximumBytes = maximumBytes
    self.report = report
    room = maximumBytes - store.size
  }

  /// Whether there is room for so many bytes, also that which a purge has made meanwhile.
  private func hasRoom(for size: Int, besides unwritten: Int) -> Bool {
    if size > room { room = maximumBytes - store.size - unwritten }
    return size <= room
  }

  func keep(_ block: Block) {
    guard !block.rejections.isEmpty else { return }
    var letters: [DeadLetter] = []
    var unwritten = 0
    for (rejection, line) in zip(block.rejections, block.rejectedLines) {
      let size = line.count + 256
      guard hasRoom(for: size, besides: unwritten) else {
        notKept += 1
        continue
      }
      room -= size
      unwritten += size
      letters.append(
        DeadLetter(
          event: line, form: .line, reason: rejection.reason.code, detail: "\(rejection.reason)",
          receivedUnixNanoseconds: block.receivedUnixNanoseconds,
          line: UInt64(block.origin?.place(ofLine: rejection.line) ?? rejection.line)))
    }
    do throws(WorkspaceError) {
      try store.append(letters)
      try store.sync()
      hasFailed = false
    } catch {
      notKept += letters.count
      room += unwritten
      // Told once; a disk that was full may have room for the next.
      if !hasFailed { report(.damaged("\(error)")) }
      hasFailed = true
    }
  }
}
