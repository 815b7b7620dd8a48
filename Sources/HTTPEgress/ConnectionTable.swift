internal import Foundation
internal import Synchronization

/// The connections of one worker's adapter, by the numbers that it has for them.
///
/// Any thread, but one call at a time for each connection. What is open when this ends is closed.
package final class ConnectionTable: Sendable {
  private enum Place {
    case free(Connection)
    /// A call uses it; closed by that call once the table has ended.
    case used
  }

  private struct State {
    var places: [UInt64: Place] = [:]
    var opening = 0
    var last: UInt64 = 0
    var hasEnded = false
    var isSweepDue = false
  }

  private let egress: ConnectionEgress
  private let state = Mutex(State())

  package init(_ egress: ConnectionEgress) { self.egress = egress }

  deinit { end() }

  /// Closes all, each with a goodbye; nothing is opened afterwards.
  package func end() {
    let places = state.withLock { state in
      state.hasEnded = true
      defer {
        state.places = state.places.filter { if case .used = $0.value { true } else { false } }
      }
      return state.places
    }
    for case .free(let connection) in places.values { connection.close() }
  }

  /// How many are open.
  package var count: Int { state.withLock { $0.places.count } }
}

// MARK: - Calls

extension ConnectionTable {
  /// Connects; the connection's number.
  ///
  /// `interrupt` is a descriptor whose other end goes away when nobody waits any more: then this ends, as all of these.
  package func open(
    _ target: ConnectionTarget, by deadline: ContinuousClock.Instant, interrupt: Int32 = -1
  ) throws(EgressFailure) -> UInt64 {
    try counted { () throws(EgressFailure) in
      try reserve()
      defer { state.withLock { $0.opening -= 1 } }
      let connection = try egress.connect(
        to: target, Patience(deadline: deadline, interrupt: interrupt))
      connection.startCounting()
      return try add(connection)
    }
  }

  /// Writes all of the bytes; after a failure the connection is closed.
  package func write(
    _ bytes: ArraySlice<UInt8>, to number: UInt64, by deadline: ContinuousClock.Instant,
    interrupt: Int32 = -1
  ) throws(EgressFailure) {
    try use(number) { (connection) throws(EgressFailure) in
      _ = try connection.write(
        bytes, heedingAnswers: false, Patience(deadline: deadline, interrupt: interrupt))
    }
  }

  /// What is there, at most so many bytes; empty when the other side has said that nothing more comes.
  ///
  /// After `timedOut` the connection is open as before, after any other failure closed.
  package func read(
    from number: UInt64, most: Int, by deadline: ContinuousClock.Instant, interrupt: Int32 = -1
  ) throws(EgressFailure) -> [UInt8] {
    try use(number) { (connection) throws(EgressFailure) in
      var bytes: [UInt8] = []
      _ = try connection.read(
        into: &bytes, most: most, Patience(deadline: deadline, interrupt: interrupt))
      return bytes
    } survives: {
      $0.kind == .timedOut
    }
  }

  /// How much of what comes after the goodbye is read and dropped.
  private static let mostDropped = 1 << 20

  /// Says that nothing more comes, and waits until the other side says so, too; the number is gone in any case.
  package func close(
    _ number: UInt64, by deadline: ContinuousClock.Instant, interrupt: Int32 = -1
  ) throws(EgressFailure) {
    try counted { () throws(EgressFailure) in
      let connection = try take(number)
      defer { state.withLock { $0.places[number] = nil } }
      defer { note(connection) }
      let patience = Patience(deadline: deadline, interrupt: interrupt)
      try connection.finish(patience)
      var dropped: [UInt8] = []
      while try connection.read(into: &dropped, patience) {
        guard dropped.count <= ConnectionTable.mostDropped else {
          throw EgressFailure(.unavailable, "the other side goes on sending")
        }
      }
    }
  }
}

// MARK: - Places

extension ConnectionTable {
  private func reserve() throws(EgressFailure) {
    let most = egress.rules.mostConnections
    let mayOpen: Bool? = state.withLock { state in
      guard !state.hasEnded else { return nil }
      guard state.places.count + state.opening < most else { return false }
      state.opening += 1
      return true
    }
    guard let mayOpen else { throw EgressFailure(.cancelled, "the worker has ended") }
    guard mayOpen else {
      throw EgressFailure(.tooLarge, "\(most) connections are open. Close one first.")
    }
  }

  private func add(_ connection: Connection) throws(EgressFailure) -> UInt64 {
    connection.idleSince = .now
    let number: UInt64? = state.withLock { state in
      guard !state.hasEnded else { return nil }
      state.last += 1
      state.places[state.last] = .free(connection)
      return state.last
    }
    guard let number else { throw EgressFailure(.cancelled, "the worker has ended") }
    sweepLater()
    return number
  }

  private func take(_ number: UInt64) throws(EgressFailure) -> Connection {
    let place = state.withLock { state in
      defer { if state.places[number] != nil { state.places[number] = .used } }
      return state.places[number]
    }
    switch place {
    case .free(let connection): return connection
    case .used: throw EgressFailure(.invalid, "another call uses this connection now")
    case nil: throw EgressFailure(.notFound, "there is no open connection of this number")
    }
  }

  private func use<Result>(
    _ number: UInt64, _ body: (Connection) throws(EgressFailure) -> Result,
    survives: (EgressFailure) -> Bool = { _ in false }
  ) throws(EgressFailure) -> Result {
    try counted(unless: survives) { () throws(EgressFailure) in
      let connection = try take(number)
      defer { note(connection) }
      do throws(EgressFailure) {
        let result = try body(connection)
        giveBack(connection, number)
        return result
      } catch {
        if survives(error) {
          giveBack(connection, number)
        } else {
          connection.close()
          state.withLock { $0.places[number] = nil }
        }
        throw error
      }
    }
  }

  private func giveBack(_ connection: Connection, _ number: UInt64) {
    connection.idleSince = .now
    let hasEnded = state.withLock { state in
      state.places[number] = state.hasEnded ? nil : .free(connection)
      return state.hasEnded
    }
    if hasEnded { connection.close() }
  }

  /// Adds what went over it since the last time.
  private func note(_ connection: Connection) {
    egress.count {
      $0.sentBytes += connection.sent
      $0.receivedBytes += connection.received
    }
    connection.startCounting()
  }

  /// A failure after which all goes on as before is none to be counted.
  private func counted<Result>(
    unless isHarmless: (EgressFailure) -> Bool = { _ in false },
    _ body: () throws(EgressFailure) -> Result
  ) throws(EgressFailure) -> Result {
    do throws(EgressFailure) { return try body() } catch {
      if !isHarmless(error) { egress.count { $0.failures[error.kind, default: 0] += 1 } }
      throw error
    }
  }
}

// MARK: - Idle ones

extension ConnectionTable {
  /// Nobody may call for hours, so a clock closes what nobody uses.
  private func sweepLater() {
    let isDue = state.withLock { state in
      defer { state.isSweepDue = true }
      return state.isSweepDue
    }
    guard !isDue else { return }
    let time = egress.rules.connectionIdleTime / .seconds(1)
    DispatchQueue.global().asyncAfter(deadline: .now() + time / 2) { [weak self] in
      self?.sweep()
    }
  }

  private func sweep() {
    let limit = egress.rules.connectionIdleTime
    let (idle, areSome) = state.withLock { state in
      state.isSweepDue = false
      var idle: [Connection] = []
      for case (let number, .free(let connection)) in state.places
      where connection.idleSince.duration(to: .now) >= limit {
        idle.append(connection)
        state.places[number] = nil
      }
      return (idle, !state.places.isEmpty)
    }
    for connection in idle { connection.close() }
    if areSome { sweepLater() }
  }
}
