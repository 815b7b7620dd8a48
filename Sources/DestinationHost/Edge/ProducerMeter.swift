internal import Metrics
internal import Synchronization

/// What goes to a topic, what came of it, and how much may still go; any thread.
final class ProducerMeter: Sendable {
  /// Most that is on its way at once; less than what the client would hold.
  struct Room: Sendable {
    var events = 90_000
    var bytes = 64 << 20
  }

  private struct State {
    var events = 0
    var bytes = 0
    var trouble: String?
    var lastSuccess: Moment?
  }

  let topic: String
  let produced = Counter()
  let failed = Counter()
  /// From an event's acceptance to the brokers' word.
  let seconds = Histogram.seconds()
  private let room: Room
  private let state = Mutex(State())

  init(topic: String, room: Room = Room()) {
    self.topic = topic
    self.room = room
  }

  /// Whether so much may go now; it is on its way from then on.
  ///
  /// What is larger than all the room may go alone.
  func begin(_ events: Int, bytes: Int) -> Bool {
    state.withLock { state in
      guard
        state.events == 0
          || state.events + events <= room.events && state.bytes + bytes <= room.bytes
      else { return false }
      state.events += events
      state.bytes += bytes
      return true
    }
  }

  /// It came to its end.
  ///
  /// - Parameter failure: nil when the brokers have all of it.
  func end(_ events: Int, bytes: Int, since start: Moment, _ failure: String?) {
    state.withLock { state in
      state.events -= events
      state.bytes -= bytes
      state.trouble = failure
      if failure == nil { state.lastSuccess = .now }
    }
    (failure == nil ? produced : failed).add(events)
    seconds.record(start.duration(to: .now) / .seconds(1))
  }

  /// It was not even begun, as there was no room.
  func refuse(_ events: Int) { failed.add(events) }

  /// What a question to the brokers came to.
  func note(_ trouble: String?) { state.withLock { $0.trouble = trouble } }

  /// Whether the brokers took something lately.
  func succeeded(within time: Duration) -> Bool {
    state.withLock { $0.lastSuccess.map { $0.duration(to: .now) < time } ?? false }
  }

  var counts: ProduceCounts {
    let now = state.withLock { $0 }
    return ProduceCounts(
      topic: topic, produced: produced.value, failed: failed.value, inFlight: now.events,
      trouble: now.trouble)
  }
}
