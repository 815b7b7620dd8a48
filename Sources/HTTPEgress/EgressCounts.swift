/// What one destination's adapter has sent and got back; never what was in it.
package struct EgressCounts: Sendable, Equatable {
  /// Requests that went out, each try and each step of a redirect for itself.
  package var requests = 0
  /// Answers, by the first digit of their status: 2 for 200 to 299.
  package var responses: [Int: Int] = [:]
  /// Requests that came to no answer, by why.
  package var failures: [EgressFailure.Kind: Int] = [:]
  /// Connections made; the other requests went over one that was there.
  package var connections = 0
  /// Those of them that speak HTTP/2.
  package var http2Connections = 0
  package var sentBytes = 0
  package var receivedBytes = 0

  package init() {}
}
