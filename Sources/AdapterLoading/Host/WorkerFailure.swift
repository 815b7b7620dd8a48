/// Why a call to a running worker brought no answer; the worker is gone by then.
package enum WorkerFailure: Error, Equatable, Sendable {
  /// Its process ended by itself.
  case ended(String)
  /// It did not answer in time, not even when it was asked to come back, and was killed.
  case hung(after: Duration)
  /// It answered what no worker may answer, and was killed.
  case lied(String)
  /// The batch itself cannot be sent: a mistake of the host's.
  case badBatch
  /// It could not be started again.
  case notStarted(LoadError)
}

extension WorkerFailure {
  /// Whether the adapter is to blame, rather than the host, the system or its installation.
  package var isTheAdapters: Bool {
    switch self {
    case .ended, .hung, .lied: true
    case .badBatch: false
    case .notStarted(let error): error.isTheAdapters
    }
  }
}

extension WorkerFailure: CustomStringConvertible {
  package var description: String {
    switch self {
    case .ended(let how): "its process ended: \(how)"
    case .hung(let after): "it did not answer within \(after.components.seconds) s and was killed"
    case .lied(let what): "\(what); its process was killed"
    case .badBatch: "the batch's offsets are wrong"
    case .notStarted(let error): "\(error)"
    }
  }
}
