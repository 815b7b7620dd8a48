internal import Cryptography
internal import Glibc
internal import HTTPWire

/// One connection; its loop's thread alone uses it.
///
/// ```
/// bytes ─▶ head ─▶ screen ─▶ body ─▶ handle ─▶ … answers, in order ─▶ bytes
/// ```
///
/// An idle one holds no buffers.
final class Connection {
  /// A request whose body is coming.
  struct Arriving {
    let head: RequestHead
    var decoder: BodyDecoder
    var body: [UInt8] = []
    /// Memory that is set aside for the body.
    var reserved: Int
    /// Whether the sender waits to be told to go on (RFC 9110, section 10.1.1).
    var wantsContinue: Bool
    let since: ContinuousClock.Instant
  }

  /// A request that waits for its answer, or for the answers before it to leave.
  struct Waiting {
    var answer: HTTPAnswer?
    /// A HEAD is answered without a body.
    let isHead: Bool
    let version: HTTPVersion
    let closes: Bool
    let reserved: Int
  }

  let id: UInt64
  let peer: Peer
  unowned let loop: EventLoop
  let descriptor: Descriptor
  var tls: TLSConnection?
  var isHandshaking: Bool
  var wantsWriteForHandshake = false

  // What comes in.
  var input: [UInt8] = []
  var parser: RequestParser
  var arriving: Arriving?
  /// No request is taken any more: the last one said so, or one was refused.
  var isDeaf = false
  /// The other side has said that nothing more comes.
  var hasInputEnded = false

  // What is owed.
  var waiting: [Waiting] = []
  var firstPlace = 0

  // What goes out.
  var output: [UInt8] = []
  var written = 0
  /// The last answer is in `output`.
  var isLastAnswerOut = false
  var isClosed = false

  // Time.
  var idleSince: ContinuousClock.Instant
  var headSince: ContinuousClock.Instant?
  var writeSince: ContinuousClock.Instant
  var lingersUntil: ContinuousClock.Instant?

  /// Memory that the census counts for this connection.
  private var counted = 0
  private var interest: Epoll.Interest = .read

  init(_ id: UInt64, _ descriptor: consuming Descriptor, _ peer: Peer, of loop: EventLoop) {
    self.id = id
    self.peer = peer
    self.loop = loop
    self.descriptor = descriptor
    isHandshaking = false
    parser = RequestParser(loop.limits.wire)
    idleSince = loop.now
    writeSince = loop.now
  }

  func secure(_ context: TLSServerContext) throws(TLSError) {
    tls = try TLSConnection(context, over: descriptor.number)
    isHandshaking = true
  }

  var hasOutput: Bool { written < output.count }

  /// Whether more may be read: not while answers are owed beyond the limit, or not taken by the other side.
  var wantsInput: Bool {
    if lingersUntil != nil { return !hasInputEnded }
    return !isClosed && !hasInputEnded && !isDeaf && waiting.count < loop.limits.pipelined
      && output.count - written < 64 << 10
  }
}

// MARK: - What its loop tells it

extension Connection {
  func ready(_ events: Epoll.Interest) {
    if isHandshaking { handshake() }
    guard !isClosed, !isHandshaking else { return settle() }
    // What was sent before the other side went away is still taken.
    if !events.isDisjoint(with: [.read, .gone]) { readAll() }
    if events.contains(.gone) { isClosed = true }
    settle()
  }

  func answered(_ place: Int, _ answer: HTTPAnswer) {
    let index = place - firstPlace
    guard waiting.indices.contains(index), waiting[index].answer == nil else { return }
    waiting[index].answer = answer
    settle()
    // What was left unread meanwhile may be in OpenSSL's buffer, of which epoll does not tell.
    if tls?.hasPending == true, wantsInput, !isClosed {
      readAll()
      settle()
    }
  }

  /// Nothing new is taken; what is in flight is finished.
  func stop() { settle() }

  func sweep() {
    if let reason = overdue() { dropAsSlow(reason) }
    settle()
  }
}

// MARK: - Settling

extension Connection {
  /// After anything has happened: answers leave, reading goes on, or the connection ends.
  func settle() {
    guard !isClosed else { return release() }
    if lingersUntil != nil {
      if hasInputEnded { isClosed = true }
      return isClosed ? release() : watch()
    }
    repeat {
      writeAnswers()
      flush()
    } while !isClosed && parseRest()
    if !isClosed { account() }
    if !isClosed { endWhenDone() }
    isClosed ? release() : watch()
  }

  private func endWhenDone() {
    guard !hasOutput, !isHandshaking else { return }
    if isLastAnswerOut { return linger() }
    guard waiting.isEmpty else { return }
    if hasInputEnded || (loop.isStopping && arriving == nil) {
      tls?.close()
      isClosed = true
    }
  }

  /// Closing at once would take the answer from a sender whose bytes are still unread (RFC 9112, section 9.6).
  private func linger() {
    tls?.close()
    guard !hasInputEnded else { return isClosed = true }
    shutdown(descriptor.number, Int32(SHUT_WR))
    lingersUntil = loop.now.advanced(by: loop.limits.lingerTime)
    input = []
    arriving = nil
  }

  private func release() {
    loop.census.give(counted)
    counted = 0
    loop.remove(self)
  }

  private func watch() {
    var wanted: Epoll.Interest = []
    if wantsInput || isHandshaking { wanted.insert(.read) }
    if hasOutput || wantsWriteForHandshake { wanted.insert(.write) }
    guard wanted != interest else { return }
    interest = wanted
    loop.watch(self, wanted)
  }

  /// Tells the census what is kept; without memory for it the connection is refused.
  private func account() {
    let reserved = waiting.reduce(0) { $0 + $1.reserved }
    let now = input.count + (arriving?.reserved ?? 0) + reserved + output.count - written
    if now > counted, !loop.census.take(now - counted) {
      guard arriving != nil || !input.isEmpty else { return }
      refuse(503, "There is too much to do at the moment.", retryAfter: 1)
      writeAnswers()
      return flush()
    }
    if now < counted { loop.census.give(counted - now) }
    counted = now
  }
}

// MARK: - Time

extension Connection {
  private enum Overdue { case handshake, head, body, write, idle, linger }

  private func overdue() -> Overdue? {
    let (now, limits) = (loop.now, loop.limits)
    func isPast(_ since: ContinuousClock.Instant, _ time: Duration) -> Bool {
      now > since.advanced(by: time)
    }
    if let lingersUntil { return now > lingersUntil ? .linger : nil }
    if isHandshaking { return isPast(idleSince, limits.handshakeTime) ? .handshake : nil }
    if hasOutput, isPast(writeSince, limits.writeTime) { return .write }
    if let arriving, isPast(arriving.since, limits.bodyTime) { return .body }
    if let headSince, isPast(headSince, limits.headTime) { return .head }
    let isIdle = waiting.isEmpty && !hasOutput && arriving == nil && headSince == nil
    return isIdle && isPast(idleSince, limits.idleTime) ? .idle : nil
  }

  private func dropAsSlow(_ reason: Overdue) {
    switch reason {
    case .linger: isClosed = true
    case .idle:
      tls?.close()
      isClosed = true
    case .handshake, .write:
      loop.census.count { $0.slow += 1 }
      isClosed = true
    case .head, .body:
      loop.census.count { $0.slow += 1 }
      refuse(408, "The request did not come in time.")
    }
  }
}
