package import AdapterLoading
internal import Foundation
internal import Synchronization

/// Stands for the destination's server: answers the adapter's requests as a script says, and keeps them.
///
/// It answers in the host's place (`host.http/1`, `host.connection/1`), so no socket is opened and no name looked up. Any thread.
package final class ScriptedPeer: Sendable {
  /// One request, as the adapter asked for it: marks of secrets are not filled in.
  package struct Request: Sendable, Equatable {
    package let method: String
    package let url: String
    package let headers: [HTTPCall.Header]
    package let body: [UInt8]
    /// What it was answered.
    package var answer: HTTPAnswer
    package var milliseconds: Double
  }

  struct State {
    var script: [PeerAnswer] = []
    var requests: [Request] = []
    /// The numbers of those that are open.
    var connections: Set<UInt64> = []
    var uses: [ConnectionUse] = []
    /// Of what the uses hold.
    var written = 0
    var opened: UInt64 = 0
  }

  let state = Mutex(State())
  let rules: RequestRules

  init(_ rules: RequestRules) { self.rules = rules }

  /// What the next requests are answered, one after the other; the last goes on.
  ///
  /// Empty is 200 for ever.
  package func play(_ script: [PeerAnswer]) {
    state.withLock { $0.script = script }
  }

  /// All requests so far.
  package var requests: [Request] { state.withLock { $0.requests } }

  /// Answers one; blocks as long as the script says, at most to the deadline.
  package func answer(
    _ call: HTTPCall, by deadline: ContinuousClock.Instant, _ cancel: AdapterTrial.Cancel
  ) -> HTTPAnswer {
    let start = ContinuousClock.now
    let answer = rules.refusal(of: call) ?? perform(next(), call, deadline, cancel)
    state.withLock { state in
      state.requests.append(
        Request(
          method: call.method, url: call.url, headers: call.headers, body: Array(call.body),
          answer: answer, milliseconds: start.duration(to: .now) / .milliseconds(1)))
    }
    return answer
  }

  func next() -> PeerAnswer {
    state.withLock { state in
      guard let first = state.script.first else { return .status(200) }
      if state.script.count > 1 { state.script.removeFirst() }
      return first
    }
  }

  private func perform(
    _ answer: PeerAnswer, _ call: HTTPCall, _ deadline: ContinuousClock.Instant,
    _ cancel: AdapterTrial.Cancel
  ) -> HTTPAnswer {
    switch answer {
    case .status(let status, let headers, let body):
      return .response(
        status: status,
        headers: headers.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: $0.value) },
        body: Array(body.utf8))
    case .slow(let delay):
      wait(until: min(deadline, .now.advanced(by: delay)))
      return ContinuousClock.now >= deadline
        ? Self.tooLate : .response(status: 200, headers: [], body: Array("{}".utf8))
    case .reset: return .failure(.unavailable, "the connection broke.")
    case .silent:
      wait(until: deadline)
      return Self.tooLate
    case .echo(let status): return .response(status: status, headers: [], body: Array(call.body))
    case .calledOff:
      callOff(cancel, deadline)
      return .failure(.cancelled, "the call was called off.")
    case .refused: return .failure(.refused, "the operator has not approved this host.")
    }
  }

  /// Tokens of a trial count from 1; a call that does not run heeds no token.
  func callOff(_ cancel: AdapterTrial.Cancel, _ deadline: ContinuousClock.Instant) {
    for token in UInt64(1)...64 { cancel(token) }
    wait(until: min(deadline, .now.advanced(by: .milliseconds(50))))
  }

  private static let tooLate = HTTPAnswer.failure(.timedOut, "no answer came in time.")

  func wait(until moment: ContinuousClock.Instant) {
    Thread.sleep(forTimeInterval: max(0, ContinuousClock.now.duration(to: moment) / .seconds(1)))
  }
}
