internal import Cryptography
internal import Foundation
internal import Glibc
internal import Synchronization

/// A thread that serves its share of the connections and waits for nothing but the kernel.
final class EventLoop: @unchecked Sendable {
  // Protection: `mailbox` by its lock, `wakeUp` never changes; all else is the loop's own thread's, from `run` on.
  enum Message {
    case answer(connection: UInt64, place: Int, HTTPAnswer)
    case stop(by: ContinuousClock.Instant)
  }

  let limits: ListenerLimits
  let service: HTTPService
  let census: Census
  private let sockets: [ListeningSocket]
  private let certificate: CertificateWatch?
  private let wakeUp: WakeUp
  private let mailbox = Mutex<[Message]>([])
  private let thread = Atomic<UInt>(0)

  private var epoll: Epoll
  private var connections: [UInt64: Connection] = [:]
  private var nextID: UInt64
  private var scratch = [UInt8](repeating: 0, count: 64 << 10)
  /// Since when the round runs.
  private(set) var now = ContinuousClock.now
  private var nextSweep = ContinuousClock.now
  private var isAccepting = true
  private var stopsBy: ContinuousClock.Instant?
  private var clock = HTTPDate()

  var isStopping: Bool { stopsBy != nil }
  /// For the field Date.
  var date: String { clock.text }

  private static let sweepInterval = Duration.milliseconds(250)
  private static let wakeUpToken: UInt64 = 0

  init(
    _ sockets: [ListeningSocket], _ limits: ListenerLimits, _ service: HTTPService,
    _ census: Census, _ certificate: CertificateWatch?
  ) throws(ListenerError) {
    self.sockets = sockets
    self.limits = limits
    self.service = service
    self.census = census
    self.certificate = certificate
    wakeUp = try WakeUp()
    epoll = try Epoll()
    nextID = UInt64(sockets.count) + 1
    guard epoll.add(wakeUp.descriptor.number, .read, token: Self.wakeUpToken) else {
      throw .noLoop(code: errno)
    }
    listen()
  }

  /// Leaves a message; any thread.
  func put(_ message: Message) {
    let wasEmpty = mailbox.withLock { mailbox in
      mailbox.append(message)
      return mailbox.count == 1
    }
    // The loop itself looks at the mailbox at the end of its round.
    let isOwn = thread.load(ordering: .relaxed) == UInt(pthread_self())
    if wasEmpty, !isOwn { wakeUp.ring() }
  }

  /// Serves until it is stopped and everything in flight is finished; on the calling thread.
  func run() {
    thread.store(UInt(pthread_self()), ordering: .relaxed)
    while !isOver { round() }
    connections.values.forEach { $0.isClosed = true }
    for connection in Array(connections.values) { connection.settle() }
  }

  private var isOver: Bool {
    guard let stopsBy else { return false }
    return connections.isEmpty || now >= stopsBy
  }

  private func round() {
    let count = epoll.wait(milliseconds: 250)
    now = .now
    for index in 0..<count {
      let event = epoll.event(index)
      switch event.token {
      case Self.wakeUpToken: wakeUp.silence()
      case 1...UInt64(sockets.count): accept(from: sockets[Int(event.token) - 1])
      default: connections[event.token]?.ready(event.interest)
      }
    }
    readMail()
    if now >= nextSweep { sweep() }
  }

  private func readMail() {
    while true {
      let mail = mailbox.withLock { mailbox in
        let mail = mailbox
        mailbox = []
        return mail
      }
      guard !mail.isEmpty else { return }
      for message in mail { read(message) }
    }
  }

  private func read(_ message: Message) {
    switch message {
    case .answer(let connection, let place, let answer):
      connections[connection]?.answered(place, answer)
    case .stop(let deadline):
      unlisten()
      stopsBy = deadline
      for connection in Array(connections.values) { connection.stop() }
    }
  }

  private func sweep() {
    nextSweep = now.advanced(by: Self.sweepInterval)
    for connection in Array(connections.values) { connection.sweep() }
    if !isAccepting, !isStopping { listen() }
    certificate?.look(service.report)
  }
}

// MARK: - Connections

extension EventLoop {
  private func listen() {
    for (index, socket) in sockets.enumerated() {
      _ = epoll.add(socket.number, [.read, .exclusive], token: UInt64(index) + 1)
    }
    isAccepting = true
  }

  private func unlisten() {
    sockets.forEach { epoll.remove($0.number) }
    isAccepting = false
  }

  private func accept(from socket: ListeningSocket) {
    for _ in 0..<64 where isAccepting {
      guard let (number, peer) = socket.accept() else {
        if errno == ECONNABORTED || errno == EINTR { continue }
        // The socket was closed for new connections, as a stop does.
        if errno == EINVAL { return unlisten() }
        if errno != EAGAIN { pause(code: errno) }
        return
      }
      welcome(Descriptor(number), peer, isSecured: socket.isTCP)
    }
  }

  /// Without a free descriptor the kernel would wake us again and again.
  private func pause(code: Int32) {
    unlisten()
    service.report(.cannotAccept(code: code))
  }

  private func welcome(_ descriptor: consuming Descriptor, _ peer: Peer, isSecured: Bool) {
    let number = descriptor.number
    // A stranger is not told that he is one.
    if peer == .local, let user = limits.localUser, Peer.user(of: number) != user { return }
    let context = isSecured ? certificate?.context : nil
    guard census.admit(peer) else {
      return turnAway(descriptor, isPlain: context == nil)
    }
    let connection = Connection(nextID, descriptor, peer, of: self)
    nextID += 1
    do {
      if let context { try connection.secure(context) }
    } catch {
      return census.leave(peer)
    }
    guard epoll.add(number, .read, token: connection.id) else { return census.leave(peer) }
    connections[connection.id] = connection
  }

  private func turnAway(_ descriptor: consuming Descriptor, isPlain: Bool) {
    guard isPlain else { return }
    let answer = Array(
      "HTTP/1.1 503 \r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".utf8)
    _ = unsafe send(
      descriptor.number, answer, answer.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
  }

  func watch(_ connection: Connection, _ interest: Epoll.Interest) {
    epoll.change(connection.descriptor.number, interest, token: connection.id)
  }

  func remove(_ connection: Connection) {
    guard connections.removeValue(forKey: connection.id) != nil else { return }
    census.leave(connection.peer)
  }

  func lendScratch() -> [UInt8] {
    let lent = scratch
    scratch = []
    return lent
  }

  func takeBack(_ lent: [UInt8]) { scratch = lent }
}
