internal import DeliveryQueue
internal import Foundation
internal import Ingest
internal import Synchronization

/// Lets somebody watch events as they become durable: copies of some, kept for a moment in bounded memory.
///
/// While nobody asks, an event costs nothing and a block one look at a flag. Whoever asks holds a lease of a few
/// seconds with each question; a watcher that is slow or gone costs events that it does not see, never the pipeline.
final class EventTap: Sendable {
  /// An event that was let through: as it was accepted, or as one destination gets it.
  struct Tapped: Sendable {
    let number: UInt64
    let source: String
    let unixNanoseconds: Int64
    let json: [UInt8]
  }

  /// What is new for a watcher.
  struct Catch: Sendable {
    let events: [Tapped]
    /// To ask with the next time.
    let next: UInt64
    /// Events that went by unseen since the watching began: more than are shown in a second, or not fetched in time.
    let missed: Int
  }

  static let lease = Duration.seconds(5)
  static let eventsPerSecond = 500
  private static let mostEvents = 2_000
  private static let mostBytes = 4 << 20
  private static let mostWatched = 16

  private let isWatched = Atomic<Bool>(false)
  private let watched = Mutex<[String: Watched]>([:])

  /// What one kind of watcher gets, under the destination's id, or `""` for what is accepted.
  fileprivate struct Watched {
    var leaseEnds: Moment
    var events: [Tapped] = []
    var bytes = 0
    var next: UInt64 = 1
    var missed = 0
    var allowance = Double(EventTap.eventsPerSecond)
    var filledAt = Moment.now
  }

  /// What came after `number`; nil begins with what comes from now on.
  ///
  /// Nil when too many are watched already.
  func take(of destination: String?, after number: UInt64?) -> Catch? {
    watched.withLock { watched in
      let key = destination ?? ""
      dropOver(&watched)
      guard watched[key] != nil || watched.count < Self.mostWatched else { return nil }
      var one = watched[key] ?? Watched(leaseEnds: .now)
      one.leaseEnds = .now + Self.lease
      watched[key] = one
      isWatched.store(true, ordering: .relaxed)
      let from = number ?? one.next - 1
      return Catch(
        events: one.events.filter { $0.number > from }, next: one.next - 1, missed: one.missed)
    }
  }

  /// Takes copies of a block's events, as far as somebody watches.
  func offer(_ block: Block) {
    guard isWatched.load(ordering: .relaxed) else { return }
    watched.withLock { watched in
      dropOver(&watched)
      for key in watched.keys {
        if key.isEmpty {
          Self.offerAccepted(block) { watched[key]?.add($0, block) }
        } else {
          Self.offerSealed(block, of: key) { watched[key]?.add($0, block) }
        }
      }
    }
  }

  private func dropOver(_ watched: inout [String: Watched]) {
    let now = Moment.now
    watched = watched.filter { $0.value.leaseEnds > now }
    isWatched.store(!watched.isEmpty, ordering: .relaxed)
  }

  /// The lines that were events and no duplicates.
  private static func offerAccepted(_ block: Block, _ take: (RawSpan) -> Void) {
    guard block.redriven == nil else { return }
    let rejected = Set(block.rejections.map(\.line))
    var number: Int32 = 0
    block.lines.forEachLine { line, lineNumber in
      guard !rejected.contains(lineNumber) else { return }
      if !block.duplicateNumbers.contains(number) { take(line) }
      number += 1
    }
  }

  private static func offerSealed(
    _ block: Block, of destination: String, _ take: (RawSpan) -> Void
  ) {
    for (route, outgoing) in zip(block.plan.routes, block.outgoing)
    where route.plan.id == destination {
      for event in outgoing.events.events {
        let json = Array(outgoing.events.json(of: event))
        unsafe take(json.span.bytes)
      }
    }
  }
}

extension EventTap.Watched {
  fileprivate mutating func add(_ event: RawSpan, _ block: Block) {
    let now = Moment.now
    let most = Double(EventTap.eventsPerSecond)
    allowance = min(most, allowance + filledAt.duration(to: now) / .seconds(1) * most)
    filledAt = now
    guard allowance >= 1 else {
      missed += 1
      return
    }
    allowance -= 1
    let json = unsafe event.withUnsafeBytes { unsafe Array($0) }
    events.append(
      EventTap.Tapped(
        number: next, source: block.source, unixNanoseconds: block.receivedUnixNanoseconds,
        json: json))
    next += 1
    bytes += json.count
    while events.count > EventTap.mostEvents || bytes > EventTap.mostBytes {
      bytes -= events.removeFirst().json.count
    }
  }
}
