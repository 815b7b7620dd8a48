internal import DestinationKit
internal import Synchronization

/// The connection to the receiver: made when it is needed, kept from batch to batch.
final class Receiver: Sendable {
  private let settings: Settings
  private let host: AdapterHost
  private let connections: ConnectionClient
  // One call at a time uses it; the lock is for the way from one thread to the next.
  private let kept = Mutex<HostConnection?>(nil)

  init(_ settings: Settings, _ host: AdapterHost) throws {
    self.settings = settings
    self.host = host
    connections = try host.requiredConnections()
  }

  /// Hands the frames over; throws where they may not have arrived.
  func send(_ frames: [UInt8], _ call: CallToken) throws(ConnectionFailure) {
    let connection = try connection(call)
    try unsafe connection.write(frames.span.bytes, timeout: settings.timeout, call: call)
    if settings.isConfirmed {
      return try connection.close(timeout: settings.timeout, call: call)
    }
    // A receiver says nothing, so all that can be seen is that it is still there.
    guard connection.isOpen(call: call) else {
      throw ConnectionFailure(.unavailable, "the receiver hung up while it was sent to")
    }
    kept.withLock { $0 = connection }
  }

  /// Ends the connection, and learns whether the receiver has read everything.
  func finish(within limit: Duration?) throws(ConnectionFailure) {
    guard let connection = take() else { return }
    let time = limit.map { min($0, settings.timeout) } ?? settings.timeout
    try connection.close(timeout: time)
  }

  private func connection(_ call: CallToken) throws(ConnectionFailure) -> HostConnection {
    if let connection = take() {
      if connection.isOpen(call: call) { return connection }
      host.log(
        .warning,
        "the receiver has ended the connection: what it had not read of the last batch is lost")
    }
    return try connections.open(
      settings.host, port: settings.port, security: settings.transport == .tls ? .tls : .plain,
      timeout: settings.timeout, call: call)
  }

  private func take() -> HostConnection? {
    kept.withLock { kept in
      defer { kept = nil }
      return kept
    }
  }
}
