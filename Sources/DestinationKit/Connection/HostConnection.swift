internal import CDestinationAdapter

/// One connection that the host made for the adapter, by ``ConnectionClient/open(_:port:security:timeout:call:)``.
///
/// In every call `call` is ``Batch/call`` in `deliver` and nil elsewhere, and without `timeout` it may take until the
/// deadline of the call.
@safe public struct HostConnection: Sendable {
  /// Most bytes of one `read`.
  public static let maximumRead = 64 << 10

  /// Most bytes that the host takes at once; ``write(_:timeout:call:)`` cuts longer ones.
  private static let maximumWrite = 1 << 20

  private let client: ConnectionClient
  private let number: UInt64

  init(_ client: ConnectionClient, _ number: UInt64) {
    self.client = client
    self.number = number
  }

  /// Writes all of the bytes: the connection took them, which is not that the other side has read them.
  ///
  /// After a failure nobody knows how many went, and the connection is closed.
  public func write(
    _ bytes: RawSpan, timeout: Duration? = nil, call: CallToken? = nil
  ) throws(ConnectionFailure) {
    var start = 0
    while start < bytes.byteCount {
      let end = min(bytes.byteCount, start + Self.maximumWrite)
      try write(part: bytes.extracting(start..<end), timeout, call)
      start = end
    }
  }

  private func write(
    part: RawSpan, _ timeout: Duration?, _ call: CallToken?
  ) throws(ConnectionFailure) {
    try unsafe ConnectionCalls.check { problem in
      unsafe part.withUnsafeBytes { part in
        var use = use(timeout, call)
        let span = unsafe destination_span(
          data: part.baseAddress?.assumingMemoryBound(to: UInt8.self), length: part.count)
        return unsafe client.table.pointee.write?(client.host, &use, span, problem)
          ?? DESTINATION_FAILED
      }
    }
  }

  /// What is there, at least a byte; empty when the other side has said that nothing more comes.
  ///
  /// After ``ConnectionFailure/Kind/timedOut`` the connection is open as before, after any other failure closed.
  public func read(
    upTo most: Int = HostConnection.maximumRead, timeout: Duration? = nil, call: CallToken? = nil
  ) throws(ConnectionFailure) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: max(1, min(most, Self.maximumRead)))
    var count = 0
    try unsafe ConnectionCalls.check { problem in
      unsafe bytes.withUnsafeMutableBufferPointer { buffer in
        var use = use(timeout, call)
        var text = unsafe destination_text(
          data: buffer.baseAddress, capacity: buffer.count, length: 0)
        let status = unsafe client.table.pointee.read?(client.host, &use, &text, problem)
        count = unsafe min(text.length, buffer.count)
        return status ?? DESTINATION_FAILED
      }
    }
    return Array(bytes[..<count])
  }

  /// Whether the connection is still good: the other side has neither hung up nor broken it.
  ///
  /// What it has sent meanwhile is read and dropped: for protocols in which it says nothing.
  public func isOpen(call: CallToken? = nil) -> Bool {
    do throws(ConnectionFailure) {
      while try !read(timeout: .milliseconds(1), call: call).isEmpty {}
      return false
    } catch {
      return error.kind == .timedOut
    }
  }

  /// Says that nothing more comes, and waits until the other side says the same: then it has read all that was written.
  ///
  /// In every case the connection is closed. ``ConnectionFailure/Kind/timedOut`` = it has not said so in time.
  public func close(
    timeout: Duration? = nil, call: CallToken? = nil
  ) throws(ConnectionFailure) {
    try unsafe ConnectionCalls.check { problem in
      var use = use(timeout, call)
      return unsafe client.table.pointee.close?(client.host, &use, problem) ?? DESTINATION_FAILED
    }
  }

  private func use(_ timeout: Duration?, _ call: CallToken?) -> destination_connection_use {
    destination_connection_use(
      struct_size: UInt32(MemoryLayout<destination_connection_use>.size),
      timeout_ms: timeout.milliseconds, connection: number, call_token: call?.rawValue ?? 0)
  }
}
