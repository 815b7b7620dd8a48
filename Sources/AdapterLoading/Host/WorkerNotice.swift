/// What happens to a worker while it runs; told to the host, never with a value of an event.
package enum WorkerNotice: Sendable, Equatable {
  /// The worker failed and was started again; `restarts` so far.
  case restarted(reason: String, restarts: Int)
  /// A worker could not be started; it is tried again after the delay.
  case startFailed(reason: String, retryAfter: Duration)
  /// The adapter fails on this one event each time; it is set aside.
  case poisonEvent(batchID: UInt64, index: Int)
  /// A call outside of a delivery (`flush`, `stop`) ended the worker, or was ended with it; nothing is started again.
  case failed(call: String, reason: String)
  /// Events for which the adapter said no outcome that the contract knows; they are tried again.
  case noOutcome(events: Int)
  /// A line of the adapter's log; level 1 debug, 2 info, 3 warning, 4 error.
  case log(level: UInt32, text: String)
  /// The host connected for the adapter, to a place that the operator approved.
  case connected(target: String, isSecure: Bool)
  /// The adapter asked for a connection that is not allowed.
  case connectionRefused(reason: String)
  /// Lines that were not passed on because there were too many.
  case logDropped(lines: Int)
}
