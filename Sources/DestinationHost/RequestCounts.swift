internal import HTTPEgress

/// The HTTP requests that the host sent for one destination's adapter, and the connections it made for it; never what
/// went over them.
package struct RequestCounts: Sendable, Equatable {
  /// Each try and each step of a redirect counts for itself.
  package var sent = 0
  /// Answers, by the first digit of their status.
  package var answers: [Int: Int] = [:]
  /// Requests that came to no answer, or were not allowed out.
  package var failed = 0
  /// Connections made, for requests and for the adapter's own use; the other requests went over one that was there.
  package var connections = 0
  /// Those of them that speak HTTP/2.
  package var http2Connections = 0
  package var sentBytes = 0
  package var receivedBytes = 0

  init() {}

  init(_ counts: EgressCounts) {
    sent = counts.requests
    answers = counts.responses
    failed = counts.failures.values.reduce(0, +)
    connections = counts.connections
    http2Connections = counts.http2Connections
    sentBytes = counts.sentBytes
    receivedBytes = counts.receivedBytes
  }

  /// Of two workers, one after the other.
  static func + (one: RequestCounts, other: RequestCounts) -> RequestCounts {
    var sum = one
    sum.sent += other.sent
    sum.answers.merge(other.answers, uniquingKeysWith: +)
    sum.failed += other.failed
    sum.connections += other.connections
    sum.http2Connections += other.http2Connections
    sum.sentBytes += other.sentBytes
    sum.receivedBytes += other.receivedBytes
    return sum
  }
}
