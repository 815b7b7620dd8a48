internal import Cryptography
internal import Glibc
internal import HTTP2
internal import HTTPWire
internal import Synchronization

/// What the thread of a shared connection does: takes requests, moves bytes, gives answers.
final class SharedConnectionLoop: @unchecked Sendable {
  // Protected by confinement: made by one thread, then used by the one that it is for.
  private let connection: Connection
  private let session: HTTP2Session
  private let rules: EgressRules
  private let tally: EgressTally
  private var keep: ((TLSSession) -> Void)?

  private var calls: [Int32: SharedCall] = [:]
  /// For these there was no stream yet.
  private var waiting: [SharedCall] = []
  private var output: [UInt8] = []
  private var written = 0
  private var piece = [UInt8](repeating: 0, count: 16 << 10)
  private var lastUse = ContinuousClock.now
  private var lastHeard = ContinuousClock.now
  private var hasAnswered = false
  /// Nobody is to begin anything on it any more.
  private var isRetired = false
  private var isToEnd = false
  /// Nothing can be written any more; what the other side has said before is still read.
  private var writeFailure: EgressFailure?
  /// TLS has something of its own to write before it can read on.
  private var readWantsRoom = false

  init(
    _ connection: Connection, _ session: HTTP2Session, _ rules: EgressRules, _ tally: EgressTally,
    _ keep: @escaping (TLSSession) -> Void
  ) {
    self.connection = connection
    self.session = session
    self.rules = rules
    self.tally = tally
    self.keep = keep
  }

  func run(for shared: SharedConnection) {
    var reason = EgressFailure.hungUp
    do throws(EgressFailure) {
      while try turn(for: shared) {}
      if let violation = session.violation { reason = EgressFailure(.unavailable, "\(violation)") }
    } catch { reason = error }
    close(shared, reason)
  }

  /// False when there is nothing more to do.
  private func turn(for shared: SharedConnection) throws(EgressFailure) -> Bool {
    takeInbox(of: shared)
    guard !isToEnd else { return false }
    submitWaiting()
    let events = try write()
    settle(shared)
    guard !session.isOver, !(isLeaving && calls.isEmpty), !isIdle(shared) else { return false }
    // A stream may have ended while its last frame was written.
    guard !maySubmit else { return true }
    wait(for: events, shared)
    try read()
    settle(shared)
    return true
  }

  private var isLeaving: Bool { session.isDraining || isRetired }

  /// Closed first: who hears that a request was refused sends it again at once, and not to here.
  private func settle(_ shared: SharedConnection) {
    if isLeaving { retire(shared) }
    giveAnswers()
  }

  private var maySubmit: Bool {
    !waiting.isEmpty && session.streamCount < session.mostStreams && !session.isDraining
  }
}

// MARK: - Calls

extension SharedConnectionLoop {
  private func takeInbox(of shared: SharedConnection) {
    let (calls, givenUp) = shared.inbox.withLock { inbox in
      defer { (inbox.calls, inbox.givenUp) = ([], []) }
      isToEnd = inbox.isToEnd
      return (inbox.calls, inbox.givenUp)
    }
    waiting += calls
    if !calls.isEmpty { lastUse = .now }
    for (call, timedOut) in givenUp {
      // A server that has said nothing at all since is perhaps not there any more.
      if timedOut, lastHeard < call.began { isRetired = true }
      waiting.removeAll { $0 === call }
      guard let stream = self.calls.first(where: { $0.value === call })?.key else { continue }
      self.calls[stream] = nil
      session.cancel(stream)
    }
  }

  /// As many as the other side allows at once; the others wait for their turn.
  private func submitWaiting() {
    while maySubmit {
      let call = waiting.removeFirst()
      do throws(HTTP2Failure) { calls[try session.submit(call.request.http2)] = call } catch {
        call.end(.failure(SharedFailure(error, rules)))
      }
    }
  }

  private func giveAnswers() {
    for (stream, outcome) in session.takeFinished() {
      guard let call = calls.removeValue(forKey: stream) else { continue }
      lastUse = .now
      switch outcome {
      case .success(let answer):
        keepSession()
        hasAnswered = true
        call.end(
          .success(
            EgressResponse(status: answer.status, fields: answer.fields, body: answer.body)))
      case .failure(let failure): call.end(.failure(SharedFailure(failure, rules)))
      }
    }
  }

  private func keepSession() {
    guard let keep, let session = connection.session else { return }
    keep(session)
    self.keep = nil
  }

  /// Takes no more calls; those that have not begun go elsewhere.
  private func retire(_ shared: SharedConnection) {
    waiting += shared.inbox.withLock { inbox in
      inbox.isOpen = false
      defer { inbox.calls = [] }
      return inbox.calls
    }
    for call in waiting { call.end(.failure(SharedFailure(.hungUp, .untouched))) }
    waiting = []
  }

  private func isIdle(_ shared: SharedConnection) -> Bool {
    guard calls.isEmpty, waiting.isEmpty, lastUse.duration(to: .now) >= rules.idleTime else {
      return false
    }
    return shared.inbox.withLock { inbox in
      guard inbox.calls.isEmpty else { return false }
      inbox.isOpen = false
      return true
    }
  }

  private func close(_ shared: SharedConnection, _ reason: EgressFailure) {
    retire(shared)
    giveAnswers()
    for (stream, call) in calls {
      let fate: SharedFailure.Fate =
        session.hasBegun(stream) ? .over : .unanswered(wasUsed: hasAnswered)
      call.end(.failure(SharedFailure(reason, fate)))
    }
    calls = [:]
    session.end()
    // What is half out cannot be followed by anything else; a goodbye that finds no room is left out.
    if written == output.count { _ = try? write() }
    connection.close()
  }
}

// MARK: - Bytes

extension SharedConnectionLoop {
  /// Writes what there is to write; for what one has to wait then.
  private func write() throws(EgressFailure) -> Int32 {
    while writeFailure == nil {
      if written == output.count {
        output.removeAll(keepingCapacity: true)
        written = 0
        try made { () throws(HTTP2Error) in try session.send(into: &output) }
      }
      guard !output.isEmpty else { break }
      switch writeSome() {
      case .done(let count):
        written += count
        tally.count { $0.sentBytes += count }
      case .wantsRead: return POLLIN
      default: return POLLIN | POLLOUT
      }
    }
    return readWantsRoom ? POLLIN | POLLOUT : POLLIN
  }

  /// A server that hangs up may have said before why.
  private func writeSome() -> TLSConnection.Progress {
    do throws(EgressFailure) { return try connection.writeSome(output[written...]) } catch {
      writeFailure = error
      return .wantsRead
    }
  }

  /// Until there is something to read, room to write, a call, or nothing to wait for.
  private func wait(for events: Int32, _ shared: SharedConnection) {
    guard !connection.hasPending else { return }
    let isBusy = !calls.isEmpty || !waiting.isEmpty
    let left = isBusy ? .seconds(60) : rules.idleTime - lastUse.duration(to: .now)
    var waits = [
      pollfd(fd: connection.descriptor, events: Int16(events), revents: 0),
      pollfd(fd: shared.wakeUp.reading, events: Int16(POLLIN), revents: 0),
    ]
    _ = unsafe poll(&waits, 2, Int32(max(0, left / .milliseconds(1)) + 1))
    if waits[1].revents != 0 { shared.wakeUp.silence() }
  }

  /// Some of what is there: a server that goes on and on does not keep others from being served.
  private func read() throws(EgressFailure) {
    readWantsRoom = false
    for _ in 0..<16 {
      switch try connection.readSome(&piece) {
      case .done(let count):
        lastHeard = .now
        tally.count { $0.receivedBytes += count }
        try made { () throws(HTTP2Error) in try session.receive(piece[..<count]) }
      case .ended: throw writeFailure ?? .hungUp
      case .wantsRead: return
      case .wantsWrite:
        readWantsRoom = true
        return
      }
    }
  }

  private func made(_ body: () throws(HTTP2Error) -> Void) throws(EgressFailure) {
    do throws(HTTP2Error) { try body() } catch { throw EgressFailure(.unavailable, "\(error)") }
  }
}
