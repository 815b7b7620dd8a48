package import AdapterLoading

/// What the host tells while it runs; never a field value.
package enum HostReport: Sendable {
  /// The destination's adapter was checked, loaded and started.
  case started(destination: String, AdapterDescription)
  /// A destination is on, but may not or cannot run; its events become dead letters.
  case refused(destination: String, reason: String)
  /// A document of the workspace that is not as it should be; the others run.
  case damaged(String)
  /// A record about a running worker could not be written; delivery goes on, configuration is frozen.
  case auditFailed(String)
  case rejected(Rejection)
  case progress(RunProgress)
  case worker(destination: String, WorkerNotice)
  case retrying(String, events: Int, after: Duration)
  /// Its adapter failed again and again: it does not run until somebody has looked at it.
  case quarantined(String)
  /// Nothing more is sent to the destination in this run.
  case gaveUp(String, String)
}

/// How far a run is; counted when a block's events have all been settled.
package struct RunProgress: Sendable, Equatable {
  /// Bytes of the input that were read.
  package var bytesRead = 0
  package var accepted = 0
  package var rejected = 0

  package init() {}
}
