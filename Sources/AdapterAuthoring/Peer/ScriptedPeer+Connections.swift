package import AdapterLoading
internal import Synchronization

extension ScriptedPeer {
  /// Answers what an adapter wants with a connection: the script's next answer is the next write's.
  ///
  /// A status is a peer that takes what is written; it never says anything.
  package func answer(
    _ call: ConnectionCall, by deadline: ContinuousClock.Instant, _ cancel: AdapterTrial.Cancel
  ) -> ConnectionAnswer {
    let start = ContinuousClock.now
    let answer = perform(call.wish, deadline, cancel)
    keep(ConnectionUse(call.wish, answer, took: start.duration(to: .now)))
    return answer
  }

  /// All that was done with connections so far; of very long runs the beginning.
  package var connectionUses: [ConnectionUse] { state.withLock { $0.uses } }

  /// What was written over connections, and taken.
  var writtenBytes: [UInt8] {
    connectionUses.flatMap { use -> ArraySlice<UInt8> in
      if case .write(_, let bytes) = use.wish, use.answer == .done { bytes } else { [] }
    }
  }

  private func keep(_ use: ConnectionUse) {
    state.withLock { state in
      guard state.uses.count < 100_000, state.written < 16 << 20 else { return }
      if case .write(_, let bytes) = use.wish { state.written += bytes.count }
      state.uses.append(use)
    }
  }

  private func perform(
    _ wish: ConnectionCall.Wish, _ deadline: ContinuousClock.Instant,
    _ cancel: AdapterTrial.Cancel
  ) -> ConnectionAnswer {
    switch wish {
    case .open(let host, let port, _):
      guard rules.allowsConnection(to: host, port: port) else {
        return .failure(
          .refused, "adapter.json does not name this host and port under permissions.network.")
      }
      return open(deadline)
    case .write(let number, _):
      return isOpen(number) ? write(number, next(), deadline, cancel) : Self.closed
    case .read(let number, _):
      guard isOpen(number) else { return Self.closed }
      wait(until: deadline)
      return .failure(.timedOut, "nothing came in time.")
    case .close(let number):
      return state.withLock { $0.connections.remove(number) } == nil
        ? Self.closed : .done
    }
  }

  private static let closed = ConnectionAnswer.failure(
    .notFound, "there is no open connection of this number.")

  private func isOpen(_ number: UInt64) -> Bool {
    state.withLock { $0.connections.contains(number) }
  }

  private func open(_ deadline: ContinuousClock.Instant) -> ConnectionAnswer {
    switch state.withLock({ $0.script.first }) {
    case .refused: return .failure(.refused, "the operator has not approved this host.")
    case .silent:
      wait(until: deadline)
      return .failure(.timedOut, "no answer came in time.")
    default: break
    }
    return state.withLock { state in
      guard state.connections.count < 4 else {
        return .failure(.tooLarge, "4 connections are open. Close one first.")
      }
      state.opened += 1
      state.connections.insert(state.opened)
      return .opened(state.opened)
    }
  }

  private func write(
    _ number: UInt64, _ answer: PeerAnswer, _ deadline: ContinuousClock.Instant,
    _ cancel: AdapterTrial.Cancel
  ) -> ConnectionAnswer {
    let failure: (ServiceFailure, String)
    switch answer {
    case .status, .echo: return .done
    case .slow(let delay):
      wait(until: min(deadline, .now.advanced(by: delay)))
      if ContinuousClock.now < deadline { return .done }
      failure = (.timedOut, "it was not taken in time.")
    case .silent:
      wait(until: deadline)
      failure = (.timedOut, "it was not taken in time.")
    case .calledOff:
      callOff(cancel, deadline)
      failure = (.cancelled, "the call was called off.")
    case .reset, .refused: failure = (.unavailable, "the connection broke.")
    }
    _ = state.withLock { $0.connections.remove(number) }
    return .failure(failure.0, failure.1)
  }
}
