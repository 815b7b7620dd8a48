/// What a step of a trial brought; from a process in which the adapter's code runs, so nothing of it is sure.
package struct TrialAnswer: Codable, Sendable {
  package struct Result: Codable, Sendable, Equatable {
    package var outcome: UInt32
    package var remoteCode: Int32
    package var retryAfterMilliseconds: UInt32
    package var flags: UInt32
    package var detail: String?
  }

  /// The rule of the contract that does not hold, for a step that checks some.
  package var breach: String?
  package var description: AdapterDescription?
  /// What the call returned; `DESTINATION_OK` is 0.
  package var status: Int32 = 0
  package var problem = ""
  /// Whether the entry gave a table, or the adapter an extension.
  package var isThere = false
  /// Whether the entry gave the table that it gave before.
  package var isSameTable = true
  /// Of every thread, one after the other.
  package var results: [Result] = []
  /// What the call wrote where it may not write.
  package var spoiled: [String] = []
  package var milliseconds = 0.0
  package var descriptors = 0
}

/// Why a step brought no answer; its process is gone.
package enum TrialFailure: Error, Sendable, Equatable {
  case crashed(String)
  case hung(after: Duration)
  /// It answered what no worker may answer.
  case lied(String)
}

extension TrialFailure: CustomStringConvertible {
  package var description: String {
    switch self {
    case .crashed(let how): "its process ended: \(how)"
    case .hung(let after): "it did not come back within \(Int(after / .milliseconds(1))) ms"
    case .lied(let what): "\(what)"
    }
  }
}
