internal import Glibc

/// The worker's end of the messages: blocking, for the thread that runs the adapter.
struct WorkerLink: ~Copyable {
  /// Reads one message; nil when the host is gone or sends nonsense, and the process is to end.
  mutating func receive(into payload: inout [UInt8]) -> FrameKind? {
    var head = [UInt8](repeating: 0, count: FrameHeader.size)
    guard readAll(&head, FrameHeader.size), let header = FrameHeader(bytes: head) else {
      return nil
    }
    if payload.count < header.length {
      payload += [UInt8](repeating: 0, count: header.length - payload.count)
    } else {
      payload.removeLast(payload.count - header.length)
    }
    return readAll(&payload, header.length) ? header.kind : nil
  }

  /// Sends one message; false when the host is gone.
  mutating func send(_ kind: FrameKind, _ payload: [UInt8]) -> Bool {
    let message = FrameHeader(kind, length: payload.count).bytes + payload
    var sent = 0
    while sent < message.count {
      let done = unsafe message.withUnsafeBytes { bytes in
        unsafe Glibc.send(
          WorkerDescriptor.messages, bytes.baseAddress! + sent, bytes.count - sent,
          Int32(MSG_NOSIGNAL))
      }
      if done < 0 && errno == EINTR { continue }
      guard done > 0 else { return false }
      sent += done
    }
    return true
  }

  private func readAll(_ buffer: inout [UInt8], _ count: Int) -> Bool {
    var got = 0
    while got < count {
      let done = unsafe buffer.withUnsafeMutableBytes { bytes in
        unsafe read(WorkerDescriptor.messages, bytes.baseAddress! + got, count - got)
      }
      if done < 0 && errno == EINTR { continue }
      guard done > 0 else { return false }
      got += done
    }
    return true
  }
}
