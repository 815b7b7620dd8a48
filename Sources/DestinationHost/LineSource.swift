internal import Foundation
internal import Ingest

/// Lines from a descriptor into the pipeline; where they were read to is noted once they are durable.
struct LineSource: EventSource {
  let descriptor: Int32
  /// Nil for an input that cannot be read from a place: a pipe, a terminal.
  let position: InputPosition?

  /// Reads to the end of the input, or until a stop.
  ///
  /// Throws `IngestError`, or `HostError` when a position is kept and cannot be read.
  func read(into pipeline: Pipeline, _ control: RunControl) throws {
    var reader = LineBlockReader(
      descriptor: descriptor, from: position?.start ?? .start,
      shouldStop: { control.shouldStop })
    while !control.shouldStop, let block = pipeline.takeBlock() {
      guard try reader.next(into: &block.lines) else { return pipeline.putBack(block) }
      let (end, position) = (block.lines.end, position)
      block.input = position?.identity
      block.isAwaited = false
      block.acknowledge = { outcome in
        guard case .durable(let rejections, _) = outcome else { return }
        position?.advance(to: end)
        for rejection in rejections { control.report(.rejected(rejection)) }
      }
      pipeline.submit(block)
    }
  }
}
