/// Delivers a batch in several requests, and keeps what became of each event.
///
/// ```swift
/// let events = settings.mapping.map(batch)
/// var delivery = PartwiseDelivery(events)
/// delivery.send(events.mapped, within: limits, of: batch, byteCount: events.byteCount) { part in
///   var body: [UInt8] = []
///   events.appendArray(of: part, to: &body)
///   return try http.send(request, body: body.span.bytes, call: batch.call).partOutcome(host: host)
/// }
/// return delivery.outcomes
/// ```
public struct PartwiseDelivery {
  private var found: [Outcome?]
  /// Of the destination, since a request came back with it: the next would fare no better.
  private var ending: Outcome?

  /// For a batch of that many events.
  public init(count: Int) {
    found = [Outcome?](repeating: nil, count: count)
  }

  /// For mapped events; those of which nothing was made are rejected.
  public init(_ events: MappedEvents) {
    self.init(count: events.count)
    for index in found.indices { found[index] = events.refusal(at: index) }
  }

  /// Settles one event.
  public mutating func settle(_ event: Int, _ outcome: Outcome) {
    found[event] = outcome
  }

  /// Sends events, given by their places in the batch, part after part.
  ///
  /// A part that is refused for what it holds is halved. After credentials that are refused, an outcome for the whole
  /// destination, or when the call is cancelled, nothing more is sent. An ``OutcomeError`` that `send` throws is the
  /// outcome of its part; any other is a retry.
  public mutating func send(
    _ events: [Int], within limits: PartLimits, of batch: borrowing Batch,
    byteCount: (Int) -> Int, _ send: (ArraySlice<Int>) throws -> PartOutcome
  ) {
    var parts = Array(limits.parts(of: events, byteCount: byteCount).reversed())
    while ending == nil, !batch.isCancelled, let part = parts.popLast() {
      switch Self.attempt(part, send) {
      case .all(let outcome):
        for event in part { found[event] = outcome }
        if outcome.holdsForAll { ending = outcome }
      case .each(let outcomes):
        for (event, outcome) in zip(part, outcomes) { found[event] = outcome }
        ending = outcomes.first { $0.holdsForAll }
      case .without(let outcomes):
        let rest = settle(outcomes, of: part)
        if !rest.isEmpty { parts.append(rest) }
      case .refused(let outcome):
        guard part.count > 1 else {
          for event in part { found[event] = outcome }
          continue
        }
        let middle = part.startIndex + part.count / 2
        parts += [part[middle...], part[..<middle]]
      }
    }
  }

  /// Settles some events of a part, by their places in it; gives the others.
  private mutating func settle(
    _ outcomes: [Int: Outcome], of part: ArraySlice<Int>
  ) -> ArraySlice<Int> {
    var rest: [Int] = []
    for (place, event) in part.enumerated() {
      if let outcome = outcomes[place] { found[event] = outcome } else { rest.append(event) }
    }
    ending = outcomes.values.first { $0.holdsForAll } ?? ending
    guard rest.count < part.count else {
      // It would come again, for ever.
      for event in part { found[event] = .retry(detail: "the answer is about none of these") }
      return []
    }
    return rest[...]
  }

  private static func attempt(
    _ part: ArraySlice<Int>, _ send: (ArraySlice<Int>) throws -> PartOutcome
  ) -> PartOutcome {
    do {
      return try send(part)
    } catch {
      return .all(Outcome(of: error))
    }
  }

  /// What became of the events; those that were not sent are retried, or share what ended the sending.
  public var outcomes: Outcomes {
    .each(found.map { $0 ?? ending ?? .retry(detail: "the time of the batch was up") })
  }
}

extension Outcome {
  /// Whether the next request would fare no better.
  fileprivate var holdsForAll: Bool { isForWholeDestination || kind == .credentialsRefused }
}
