import Foundation
import Ingest
import Synchronization
import Testing

@testable import DestinationHost

/// Runs `body` as a source.
struct ScriptedSource: EventSource {
  let body: @Sendable (Pipeline, RunControl) throws -> Void

  func read(into pipeline: Pipeline, _ control: RunControl) throws {
    try body(pipeline, control)
  }

  static func append(_ text: String, to block: Block) {
    let bytes = Array(text.utf8)
    #expect(unsafe block.lines.append(bytes.span.bytes))
  }
}

/// What a source was told of its blocks, in the order in which it was.
final class Outcomes: Sendable {
  private let all = Mutex<[BlockOutcome]>([])
  private let semaphore = DispatchSemaphore(value: 0)

  func add(_ outcome: BlockOutcome) {
    all.withLock { $0.append(outcome) }
    semaphore.signal()
  }

  /// Nil when none comes in that time.
  func next(within seconds: Double = 20) -> BlockOutcome? {
    guard semaphore.wait(timeout: .now() + seconds) == .success else { return nil }
    return all.withLock { $0.removeFirst() }
  }
}

extension TestHost {
  /// Runs the host on a source that does this.
  func run(
    change: (inout HostRun) -> Void = { _ in },
    _ body: @escaping @Sendable (Pipeline, RunControl) throws -> Void
  ) throws -> RunSummary {
    try run(
      "",
      change: {
        $0.input = nil
        $0.sources = [ScriptedSource(body: body)]
        change(&$0)
      })
  }
}
