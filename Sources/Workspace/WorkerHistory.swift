internal import AuditLog

/// What a destination's adapter did, as the audit log has it.
package struct WorkerHistory: Sendable, Equatable {
  /// What held the worker when the adapter was last loaded, in the host's words; nil when it never was.
  package internal(set) var sandbox: String?
  package internal(set) var loadedAt: String?
  /// How often a worker failed and was started again, ever.
  package internal(set) var restarts = 0
  package internal(set) var lastFailure: Failure?
  /// What it did that cost no restart, such as `log_flood`, with how often.
  package internal(set) var misbehaviour: [String: Int] = [:]

  package struct Failure: Sendable, Equatable {
    package let at: String
    package let reason: String
  }
}

extension Workspace {
  /// Reads the whole audit log.
  package func workerHistory(of destination: String) throws(WorkspaceError) -> WorkerHistory {
    let records = try rethrowing(WorkspaceError.audit) { () throws(AuditError) in
      try audit.records(matching: AuditQuery(object: "worker/\(destination)"))
    }
    var history = WorkerHistory()
    for record in records { history.add(record) }
    return history
  }
}

extension WorkerHistory {
  fileprivate mutating func add(_ record: AuditRecord) {
    func value(_ setting: String) -> String? {
      record.entry.changes.first { $0.setting == setting }?.new
    }
    switch (record.type, record.outcome) {
    case (.adapterLoaded, .intent):
      sandbox = value("sandbox")
      loadedAt = record.timestamp
    case (.adapterRestarted, _):
      if record.outcome == .ok { restarts += 1 }
      lastFailure = Failure(at: record.timestamp, reason: value("reason") ?? "")
    case (.adapterLoaded, .failed), (.adapterRefused, _):
      lastFailure = Failure(at: record.timestamp, reason: value("reason") ?? "")
    case (.adapterMisbehaved, _):
      guard let what = value("what"), let times = value("times").flatMap(Int.init) else { return }
      guard let reason = value("reason") else {
        misbehaviour[what] = max(misbehaviour[what] ?? 0, times)
        return
      }
      misbehaviour[what, default: 0] += times
      lastFailure = Failure(at: record.timestamp, reason: reason)
    default: break
    }
  }
}
