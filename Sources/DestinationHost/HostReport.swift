package import AdapterLoading
package import DeliveryQueue
package import Eligibility
package import Privacy

/// What the host tells while it runs; never a field value.
package enum HostReport: Sendable {
  /// Sources are read from now on; where the host can be asked, if an address was named.
  case ready(metrics: String?)
  /// The destination's adapter was checked, loaded and started.
  case started(destination: String, AdapterDescription)
  /// A destination is on, but may not or cannot run; its events wait in its queue.
  case refused(destination: String, reason: String)
  /// Whether the workspace is eligible: told at the start if it is not, and when that changes.
  case eligibility(EligibilityDecision)
  /// A document of the workspace that is not as it should be; the others run.
  case damaged(String)
  /// A record about a running worker could not be written; delivery goes on, configuration is frozen.
  case auditFailed(String)
  case rejected(Rejection)
  /// Told once for each key path and destination; kept with what is seen of keys.
  case likelyPersonalData(ClearWarning)
  case progress(RunProgress)
  /// Told each second: whether the run does its work.
  case alive(Bool)
  /// The input is at its end; so many events still wait in the queues.
  case draining(waiting: Int)
  case worker(destination: String, WorkerNotice)
  /// The longest wait among them, and what the destination answered last: never a value of an event's, by the ABI.
  case retrying(String, events: Int, after: Duration, why: String)
  /// Its adapter failed again and again: it does not run until somebody has looked at it.
  case quarantined(String)
  /// Nothing more is sent to the destination until its adapter or settings change.
  case gaveUp(String, String)
  /// Nothing is sent to it for now; its events wait in its queue.
  case paused(String, String)
  /// It failed again and again, and is only probed; or it takes events again.
  case breaker(String, isOpen: Bool, why: String = "")
  /// Its queue or the disk takes no events now: the source waits.
  case queueTrouble(String, String)
  case queueDamaged(String, QueueDamage)
  /// The run goes on with the workspace's changed documents.
  case reconfigured
  /// The file was read before: this run begins behind that many lines.
  case continued(lines: Int)
  /// What came of a snapshot that a replica's origin left.
  case snapshot(SnapshotReport)
  /// What a stream tells.
  case stream(StreamReport)
  /// Calls of the Tracking API are taken there from now on.
  case listening(addresses: [String], isSecure: Bool)
  /// Something about the listener that the operator should know.
  case listenerTrouble(String)
  case certificateReloaded
  /// The file is not the one that was read before under this path: it is read from its start.
  case inputReplaced
}

/// How far a run is; counted when a block's events are durable.
package struct RunProgress: Sendable, Equatable {
  /// Bytes of the input that were read.
  package var bytesRead = 0
  package var accepted = 0
  package var rejected = 0

  package init() {}
}
