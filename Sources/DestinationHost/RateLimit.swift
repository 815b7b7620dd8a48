/// So many events in a second, and no more than a second's worth at once.
struct RateLimit {
  /// Nil for no limit; a change gives nothing beforehand, so that changes in a row are no way past it.
  var eventsPerSecond: Int? {
    didSet {
      guard oldValue != nil, let eventsPerSecond else {
        return self = RateLimit(eventsPerSecond: eventsPerSecond)
      }
      available = min(available, Double(eventsPerSecond))
    }
  }
  private var available: Double
  private var last: Moment?

  init(eventsPerSecond: Int?) {
    self.eventsPerSecond = eventsPerSecond
    available = Double(eventsPerSecond ?? 0)
  }

  /// How many events may be sent now.
  mutating func allowance(at now: Moment) -> Int {
    guard let eventsPerSecond else { return .max }
    let rate = Double(eventsPerSecond)
    if let last { available = min(rate, available + (last.duration(to: now) / .seconds(1)) * rate) }
    last = now
    return Int(available)
  }

  mutating func use(_ events: Int) {
    if eventsPerSecond != nil { available -= Double(events) }
  }

  /// When the next one may be sent.
  func next(after now: Moment) -> Moment {
    guard let eventsPerSecond else { return now }
    return now.advanced(by: .seconds(max(0, 1 - available) / Double(eventsPerSecond)))
  }
}
