internal import Foundation
internal import Synchronization
internal import Workspace

/// Dead letters that are to be delivered once more, into the pipeline; they leave the disk when they are in the queue.
struct RedriveSource {
  /// Letters in a block, at most, and their bytes.
  private static let largest = (letters: 200, bytes: 1 << 20)

  let workspace: Workspace
  let control: RunControl
  /// What was told already: a damaged file is met once a second.
  private let told = Told()

  init(workspace: Workspace, control: RunControl) {
    self.workspace = workspace
    self.control = control
  }

  /// Hands over what waits for the destinations that are on; where a document was changed by hand, letters wait on.
  func read(into pipeline: Pipeline) throws {
    for route in pipeline.plans.uncontrolled.routes where !route.keepsEvents {
      let store = try workspace.redriven(to: route.plan.id)
      try store.takeOut(damaged: { tell("\($0)") }) { letters in
        var taken: Set<String> = []
        for part in Self.parts(letters) where !control.shouldStop {
          guard let ids = submit(part, to: route.plan.id, pipeline) else { break }
          taken.formUnion(ids)
        }
        return taken
      }
    }
  }

  /// Looks once a second for letters that are redriven while the host runs.
  func follow(_ pipeline: Pipeline) -> RepeatingThread {
    RepeatingThread("redrive", every: .seconds(1)) { _ in
      guard !control.shouldStop else { return }
      do { try read(into: pipeline) } catch { tell("\(error)") }
    }
  }

  private func tell(_ trouble: String) {
    if told.isNew(trouble) { control.report(.damaged(trouble)) }
  }

  /// Returns the ids of those that are durable in the queue; nil when the run is at its end.
  private func submit(
    _ letters: [DeadLetter], to destination: String, _ pipeline: Pipeline
  ) -> Set<String>? {
    guard let block = pipeline.takeBlock() else { return nil }
    let answer = Answer()
    block.redriven = (destination, letters)
    block.acknowledge = { [unowned block] in answer.give($0.isDurable ? block.taken : nil) }
    pipeline.submit(block)
    return answer.wait()
  }

  private static func parts(_ letters: [DeadLetter]) -> [[DeadLetter]] {
    var parts: [[DeadLetter]] = []
    var bytes = 0
    for letter in letters {
      if bytes == 0 || bytes + letter.event.count > largest.bytes
        || parts[parts.count - 1].count == largest.letters
      {
        parts.append([])
        bytes = 0
      }
      parts[parts.count - 1].append(letter)
      bytes += letter.event.count + 1
    }
    return parts
  }
}

private final class Told: Sendable {
  private let texts = Mutex<Set<String>>([])

  func isNew(_ text: String) -> Bool { texts.withLock { $0.insert(text).inserted } }
}

/// One answer from one thread to another.
private final class Answer: @unchecked Sendable {
  // Protected by the semaphore: written before it is signalled, read after it was waited for.
  private let given = DispatchSemaphore(value: 0)
  private var value: Set<String>?

  func give(_ value: Set<String>?) {
    self.value = value
    given.signal()
  }

  func wait() -> Set<String>? {
    given.wait()
    return value
  }
}
