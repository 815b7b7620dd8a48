internal import Glibc

/// The host's end of the messages: never blocks longer than its deadline, and trusts nothing that comes in.
final class HostLink {
  /// What kept a message from going or coming.
  enum Failure: Error, Equatable {
    case closed
    case timedOut
    case malformed(String)
  }

  private let descriptor: OwnedDescriptor
  private var head = [UInt8](repeating: 0, count: FrameHeader.size)

  init(_ descriptor: consuming OwnedDescriptor) {
    self.descriptor = descriptor
    for option in [SO_SNDBUF, SO_RCVBUF] {
      // A larger buffer saves switches between the processes; without it all works as well.
      var size: Int32 = 1 << 20
      unsafe setsockopt(
        self.descriptor.number, SOL_SOCKET, option, &size, socklen_t(MemoryLayout<Int32>.size))
    }
  }

  func send(
    _ kind: FrameKind, _ payload: [UInt8], by deadline: ContinuousClock.Instant
  ) throws(Failure) {
    let message = FrameHeader(kind, length: payload.count).bytes + payload
    var sent = 0
    while sent < message.count {
      let done = unsafe message.withUnsafeBytes { bytes in
        unsafe Glibc.send(
          descriptor.number, bytes.baseAddress! + sent, bytes.count - sent,
          Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
      }
      if done < 0 && errno == EINTR { continue }
      if done < 0 && errno == EAGAIN {
        try wait(for: POLLOUT, by: deadline)
        continue
      }
      guard done > 0 else { throw .closed }
      sent += done
    }
  }

  /// The next message, which must be of one of these kinds; its payload goes into `payload`.
  func receive(
    _ kinds: FrameKind..., into payload: inout [UInt8], longest: Int,
    by deadline: ContinuousClock.Instant
  ) throws(Failure) -> FrameKind {
    try receive(kinds, into: &payload, by: deadline, longest: { _ in longest })
  }

  /// The same with a limit for each kind.
  func receive(
    _ kinds: [FrameKind], into payload: inout [UInt8], by deadline: ContinuousClock.Instant,
    longest: (FrameKind) -> Int
  ) throws(Failure) -> FrameKind {
    try read(into: &head, by: deadline)
    guard let header = FrameHeader(bytes: head), kinds.contains(header.kind) else {
      throw .malformed("it sent a message that it may not send now")
    }
    guard header.length <= longest(header.kind) else {
      throw .malformed("it sent a message of \(header.length) bytes")
    }
    if payload.count > header.length {
      payload.removeLast(payload.count - header.length)
    } else {
      payload += [UInt8](repeating: 0, count: header.length - payload.count)
    }
    try read(into: &payload, by: deadline)
    return header.kind
  }

  /// Of the descriptor, which tells when the worker is gone.
  var number: Int32 { descriptor.number }

  private func read(into buffer: inout [UInt8], by deadline: ContinuousClock.Instant)
    throws(Failure)
  {
    var got = 0
    while got < buffer.count {
      let done = unsafe buffer.withUnsafeMutableBytes { bytes in
        unsafe recv(
          descriptor.number, bytes.baseAddress! + got, bytes.count - got, Int32(MSG_DONTWAIT))
      }
      if done < 0 && errno == EINTR { continue }
      if done < 0 && errno == EAGAIN {
        try wait(for: POLLIN, by: deadline)
        continue
      }
      guard done > 0 else { throw .closed }
      got += done
    }
  }

  private func wait(for event: Int32, by deadline: ContinuousClock.Instant) throws(Failure) {
    while true {
      let left = ContinuousClock.now.duration(to: deadline)
      guard left > .zero else { throw .timedOut }
      var request = pollfd(fd: descriptor.number, events: Int16(event), revents: 0)
      let milliseconds = min(left / .milliseconds(1), 60_000).rounded(.up)
      if unsafe poll(&request, 1, Int32(milliseconds)) > 0 { return }
    }
  }
}
