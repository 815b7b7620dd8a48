internal import EventJSON
internal import Ingest
internal import Metrics
internal import Synchronization
internal import TrackingAPI

/// What one source's events came to in this run; counted by the thread that makes them durable, read by any.
final class SourceMeter: Sendable {
  let read = Counter()
  let accepted = Counter()
  let duplicates = Counter()
  let bytes = Counter()
  /// By `EventRejection.code`, a closed list; its lock is touched only for a block that has some.
  private let rejections = Mutex<[String: Int]>([:])

  var rejected: [String: Int] { rejections.withLock { $0 } }

  /// Counts a block whose events are durable.
  func count(_ block: Block) {
    let lines = block.lines.lineCount
    read.add(lines)
    accepted.add(lines - block.rejections.count - block.duplicates)
    if block.duplicates > 0 { duplicates.add(block.duplicates) }
    bytes.add(block.lines.count)
    count(block.rejections.lazy.map(\.reason))
  }

  /// Counts a call of which all that is an event is durable elsewhere.
  func count(_ call: TrackingCall, rejections: [EventRejection]) {
    read.add(call.events.count)
    accepted.add(call.events.count - rejections.count)
    bytes.add(call.lines.count)
    count(rejections)
  }

  private func count(_ reasons: some Collection<EventRejection>) {
    guard !reasons.isEmpty else { return }
    rejections.withLock { rejections in
      for reason in reasons { rejections[reason.code, default: 0] += 1 }
    }
  }
}
