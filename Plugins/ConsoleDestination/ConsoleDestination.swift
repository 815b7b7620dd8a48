internal import DestinationKit
internal import Synchronization

/// Writes events to standard output or standard error, one a line.
final class ConsoleDestination: DestinationAdapter {
  static let description = AdapterDescription(
    product: "org.sealpost.console", version: "1.0.0", displayName: "Console",
    settings: Settings.described)

  private let console: Mutex<LineStream>

  init(settings: Settings, host: AdapterHost) {
    console = Mutex(LineStream(descriptor: settings.stream.descriptor))
  }

  func deliver(_ batch: borrowing Batch) -> Outcomes {
    guard batch.count > 0 else { return .each([]) }
    let (written, stopped) = batch.withNDJSON { lines in
      console.withLock { $0.write(lines) { batch.isCancelled } }
    }
    guard let stopped else { return .all(.delivered) }
    return .each(outcomes(of: batch, bytesWritten: written, rest: stopped))
  }

  /// An event is delivered if its line went out whole, with the line feed.
  private func outcomes(
    of batch: borrowing Batch, bytesWritten: Int, rest: Outcome
  ) -> [Outcome] {
    var outcomes: [Outcome] = []
    var end = 0
    batch.forEachEvent { event in
      end += event.withJSON { $0.byteCount } + 1
      outcomes.append(end <= bytesWritten ? .delivered : rest)
    }
    return outcomes
  }
}
