internal import HTTP2
internal import HTTPWire
internal import Synchronization

/// A request that waits for its answer on a shared connection.
///
/// Its thread and that of the connection share it.
final class SharedCall: Sendable {
  let request: CheckedRequest
  let began = ContinuousClock.now
  /// Readable when the outcome is there.
  let done = Signal()
  private let result = Mutex<Result<EgressResponse, SharedFailure>?>(nil)

  init(_ request: CheckedRequest) { self.request = request }

  func end(_ outcome: Result<EgressResponse, SharedFailure>) {
    result.withLock { $0 = outcome }
    done.send()
  }

  /// Nil until it has ended.
  var outcome: Result<EgressResponse, SharedFailure>? { result.withLock { $0 } }
}

/// Why no answer came over a shared connection, and what that says of the request.
struct SharedFailure: Error {
  enum Fate: Equatable {
    /// The server has done nothing with it.
    case untouched
    /// The same, and HTTP/1.1 is wanted.
    case needsHTTP11
    /// Nothing of an answer came; the server may have read it. `wasUsed`: others had been answered over the connection.
    case unanswered(wasUsed: Bool)
    case over
  }

  let failure: EgressFailure
  let fate: Fate

  init(_ failure: EgressFailure, _ fate: Fate) {
    self.failure = failure
    self.fate = fate
  }

  /// Whether the request may be sent again, as over a connection of its own.
  func allowsAnother(_ request: CheckedRequest) -> Bool {
    switch fate {
    case .untouched, .needsHTTP11: true
    case .unanswered(let wasUsed): wasUsed && request.isRepeatable
    case .over: false
    }
  }
}

extension SharedFailure {
  /// The stream ended without an answer, the connection goes on.
  init(_ failure: HTTP2Failure, _ rules: EgressRules) {
    switch failure {
    case .malformed(.bodyTooLong):
      self.init(.answerTooLong(rules), .over)
    case .refused: self.init(EgressFailure(.unavailable, "\(failure)"), .untouched)
    case .needsHTTP11: self.init(EgressFailure(.unavailable, "\(failure)"), .needsHTTP11)
    case .reset, .malformed: self.init(EgressFailure(.unavailable, "\(failure)"), .over)
    }
  }
}
