internal import Synchronization

/// What a listener has done so far.
package struct ListenerCounts: Sendable, Equatable {
  /// Connections that are open now.
  package var open = 0
  package var accepted = 0
  /// Connections turned away, as there are too many: in all, or of one peer.
  package var turnedAway = 0
  package var requests = 0
  /// Requests refused by the listener itself: malformed, too long, too much at once.
  package var refused = 0
  /// Connections dropped because of their slowness, idle ones not among them.
  package var slow = 0
  package var failedHandshakes = 0
  /// Bytes that are kept now.
  package var buffered = 0
  package var bytesRead = 0
  package var bytesWritten = 0
}

/// What the loops of one listener share: how many connections there are, from whom, and the memory that they take.
final class Census: Sendable {
  private let limits: ListenerLimits
  private let peers = Mutex<[Peer: Int]>([:])
  private let counts = Mutex(ListenerCounts())
  private let bytes = Atomic<Int>(0)

  init(_ limits: ListenerLimits) { self.limits = limits }

  var snapshot: ListenerCounts {
    var snapshot = counts.withLock { $0 }
    snapshot.buffered = bytes.load(ordering: .relaxed)
    return snapshot
  }

  func count(_ change: (inout ListenerCounts) -> Void) { counts.withLock { change(&$0) } }

  /// Whether a connection of this peer may come in; it counts from now on.
  func admit(_ peer: Peer) -> Bool {
    peers.withLock { peers in
      let isAdmitted = counts.withLock { counts in
        guard counts.open < limits.connections, peers[peer, default: 0] < limits.connectionsPerPeer
        else {
          counts.turnedAway += 1
          return false
        }
        counts.open += 1
        counts.accepted += 1
        return true
      }
      if isAdmitted { peers[peer, default: 0] += 1 }
      return isAdmitted
    }
  }

  func leave(_ peer: Peer) {
    peers.withLock { peers in
      let left = peers[peer, default: 1] - 1
      peers[peer] = left == 0 ? nil : left
    }
    counts.withLock { $0.open -= 1 }
  }

  /// Takes memory; false, and none taken, when there is too little.
  func take(_ count: Int) -> Bool {
    guard bytes.add(count, ordering: .relaxed).newValue > limits.bufferedBytes else { return true }
    give(count)
    return false
  }

  func give(_ count: Int) { bytes.subtract(count, ordering: .relaxed) }
}
