internal import Metrics

/// How one destination's batches go; made with its delivery, counted without a lock.
struct DeliveryMeter: Sendable {
  /// From the hand-over to the worker to its answer.
  let batchSeconds = Histogram.seconds()
  let batchEvents = Histogram.sizes()

  func record(_ events: Int, since start: Moment) {
    batchSeconds.record(start.duration(to: .now) / .seconds(1))
    batchEvents.record(Double(events))
  }
}
