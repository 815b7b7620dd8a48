internal import Cryptography
internal import Glibc

/// A connection to one origin, with TLS or without.
///
/// `@unchecked`: whoever takes it from the pool has it alone until it is given back.
final class Connection: @unchecked Sendable {
  private let socket: Socket
  private var tls: TLSConnection?
  /// Whether an exchange has gone over it before.
  var isReused = false
  var idleSince = ContinuousClock.now
  /// Bytes that the other side has or may have.
  private(set) var sent = 0
  private(set) var received = 0

  init(_ socket: consuming Socket) {
    self.socket = socket
  }

  /// Makes the connection TLS's, to a host that proves to be this one.
  func secure(
    _ context: TLSClientContext, as host: String, offering protocols: [String],
    resuming session: TLSSession?, _ patience: Patience
  ) throws(EgressFailure) {
    do throws(TLSError) {
      tls = try TLSConnection(
        context, to: host, offering: protocols, resuming: session, over: socket.descriptor)
    } catch { throw EgressFailure(.unavailable, "\(error)") }
    while true {
      switch try attempt({ (tls) throws(TLSError) in try tls.handshake() }) {
      case .done: return
      case .wantsWrite: try patience.wait(for: POLLOUT, on: socket.descriptor)
      default: try patience.wait(for: POLLIN, on: socket.descriptor)
      }
    }
  }

  /// What the next connection to this host may go on from.
  var session: TLSSession? { tls?.session }

  var wasResumed: Bool { tls?.wasResumed ?? false }

  /// What the server chose of what it was offered; nil when it chose nothing.
  var applicationProtocol: String? { tls?.applicationProtocol }

  var descriptor: Int32 { socket.descriptor }

  /// Whether bytes are there that no `poll` tells of.
  var hasPending: Bool { tls?.hasPending ?? false }

  /// Whether the other side has hung up, or said something that nobody asked for, since the last exchange.
  var isStale: Bool {
    if hasPending { return true }
    var waiting = pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&waiting, 1, 0) != 0
  }

  func startCounting() { (sent, received) = (0, 0) }

  func close() { tls?.close() }

  /// Says to the other side that nothing more comes; it may go on.
  func finish(_ patience: Patience) throws(EgressFailure) {
    guard tls != nil else {
      guard shutdown(socket.descriptor, Int32(SHUT_WR)) == 0 else {
        throw Socket.failure("shutdown", errno)
      }
      return
    }
    while try attempt({ (tls) throws(TLSError) in try tls.finish() }) == .wantsWrite {
      try patience.wait(for: POLLOUT, on: socket.descriptor)
    }
  }
}

// MARK: - Bytes

extension Connection {
  /// Writes all of it, unless the other side answers before and that matters; false then.
  func write(
    _ bytes: ArraySlice<UInt8>, heedingAnswers: Bool = true, _ patience: Patience
  ) throws(EgressFailure) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      switch try writeSome(rest) {
      case .done(let count):
        rest = rest.dropFirst(count)
        sent += count
      case .wantsRead: try patience.wait(for: POLLIN, on: socket.descriptor)
      default:
        // Without TLS, whatever can be read is an answer, most likely a refusal: writing on may never end.
        let events = tls == nil && heedingAnswers ? POLLOUT | POLLIN : POLLOUT
        let ready = try patience.wait(for: events, on: socket.descriptor)
        if ready & POLLOUT == 0, ready & POLLIN != 0 { return false }
      }
    }
    return true
  }

  /// The next bytes, at the end of `buffer`; false when there are no more.
  func read(
    into buffer: inout [UInt8], most: Int = 16 << 10, _ patience: Patience
  ) throws(EgressFailure) -> Bool {
    var piece = [UInt8](repeating: 0, count: most)
    while true {
      switch try readSome(&piece) {
      case .done(let count):
        received += count
        buffer.append(contentsOf: piece[..<count])
        return true
      case .ended: return false
      case .wantsWrite: try patience.wait(for: POLLOUT, on: socket.descriptor)
      case .wantsRead: try patience.wait(for: POLLIN, on: socket.descriptor)
      }
    }
  }

  /// Without waiting.
  func writeSome(_ bytes: ArraySlice<UInt8>) throws(EgressFailure) -> TLSConnection.Progress {
    if tls != nil {
      return try attempt { (tls) throws(TLSError) in try unsafe tls.write(bytes.span.bytes) }
    }
    let count = unsafe bytes.withUnsafeBytes {
      unsafe send(socket.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
    }
    if count >= 0 { return .done(count) }
    guard errno == EAGAIN || errno == EINTR else { throw Socket.failure("send", errno) }
    return .wantsWrite
  }

  /// Without waiting.
  func readSome(_ buffer: inout [UInt8]) throws(EgressFailure) -> TLSConnection.Progress {
    if tls != nil {
      return try attempt { (tls) throws(TLSError) in try tls.read(into: &buffer) }
    }
    let count = unsafe recv(socket.descriptor, &buffer, buffer.count, 0)
    if count > 0 { return .done(count) }
    if count == 0 { return .ended }
    guard errno == EAGAIN || errno == EINTR else { throw Socket.failure("receive", errno) }
    return .wantsRead
  }

  private func attempt(
    _ body: (inout TLSConnection) throws(TLSError) -> TLSConnection.Progress
  ) throws(EgressFailure) -> TLSConnection.Progress {
    do throws(TLSError) {
      guard tls != nil else { return .ended }
      return try body(&tls!)
    } catch { throw EgressFailure(.unavailable, "\(error)") }
  }
}
