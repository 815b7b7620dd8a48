/// How much one request may carry.
public struct PartLimits: Sendable, Equatable {
  /// Most events; at least 1.
  public var events: Int

  /// Most bytes of the events and a comma behind each.
  ///
  /// An event that is larger goes alone.
  public var bytes: Int

  /// Limits; what is left out is none.
  public init(events: Int = .max, bytes: Int = .max) {
    self.events = max(1, events)
    self.bytes = max(1, bytes)
  }

  /// The events, given by their places, in parts within the limits and in their order.
  public func parts(of events: [Int], byteCount: (Int) -> Int) -> [ArraySlice<Int>] {
    var parts: [ArraySlice<Int>] = []
    var start = 0
    var size = 0
    for (place, event) in events.enumerated() {
      let next = byteCount(event) + 1
      if place > start, place - start >= self.events || size + next > bytes {
        parts.append(events[start..<place])
        start = place
        size = 0
      }
      size += next
    }
    if start < events.count { parts.append(events[start...]) }
    return parts
  }
}

/// What became of one request that carried several events.
public enum PartOutcome: Sendable, Equatable {
  /// The same for all of them.
  case all(Outcome)
  /// One for each, in their order; events beyond the last are retried.
  case each([Outcome])
  /// Refused as a whole because of some, given by their places in the part: the others are sent again without them.
  case without([Int: Outcome])
  /// Refused for what it holds: its halves are sent, until the event that the destination does not take is found.
  case refused(Outcome)
}

extension PartOutcome {
  /// From a service's list of the events that it did not take, by their places in a part of `count`.
  ///
  /// The others are `others`. nil where the list is empty or names a place that is none: it is not about this part.
  public static func listed(
    _ failed: [Int: Outcome], of count: Int, others: Outcome = .delivered
  ) -> PartOutcome? {
    guard isAbout(failed, count) else { return nil }
    return .each((0..<count).map { failed[$0] ?? others })
  }

  /// From such a list of a service that took none of the events because of these; nil as above.
  public static func listed(without failed: [Int: Outcome], of count: Int) -> PartOutcome? {
    isAbout(failed, count) ? .without(failed) : nil
  }

  private static func isAbout(_ failed: [Int: Outcome], _ count: Int) -> Bool {
    !failed.isEmpty && failed.keys.allSatisfy { (0..<count).contains($0) }
  }
}

extension HTTPResponse {
  /// What an answer means for a request of several events: as ``outcome(host:conflict:)``, but that 400, 413 and 422
  /// are about what it holds.
  public func partOutcome(host: AdapterHost) -> PartOutcome {
    let outcome = outcome(host: host)
    return isAboutContent ? .refused(outcome) : .all(outcome)
  }

  /// Whether a part of the request may be taken where the whole was not.
  var isAboutContent: Bool { [400, 413, 422].contains(status) }
}
