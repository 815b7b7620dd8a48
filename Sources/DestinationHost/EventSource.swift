/// Where a run's events come from: it fills blocks and hands them over, until its input ends or a stop is asked for.
///
/// ```
/// takeBlock ─▶ fill `lines`, set `acknowledge` ─▶ submit      (or putBack)
/// ```
///
/// Every source of a run has a thread of its own. Events of one source are durable in the order of their submission.
protocol EventSource: Sendable {
  /// Returns when the source is at its end, or soon after ``RunControl/shouldStop`` says so.
  ///
  /// What it throws ends the run; what was accepted stays in the queues.
  func read(into pipeline: Pipeline, _ control: RunControl) throws
}
