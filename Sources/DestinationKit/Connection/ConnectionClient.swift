internal import CDestinationAdapter

/// Connections through the host, for a destination that does not speak HTTP: the host looks up names, connects, and does
/// TLS; the adapter never has a socket.
///
/// `adapter.json` names each `host:port` in `permissions.network`, or `$settings.NAME` for a setting that is one.
///
/// ```swift
/// let connection = try connections.open("logs.example.com", port: 6514)
/// try connection.write(message.span.bytes, call: batch.call)
/// ```
///
/// For the thread that runs `start`, `deliver`, `flush` or `stop`, during that call: elsewhere the host refuses. A
/// connection stays open from call to call; what is open after `stop` the host closes.
///
/// `@unchecked`: it holds pointers to what does not change while the instance lives; the host checks the thread.
@safe public struct ConnectionClient: @unchecked Sendable {
  /// Whether the host does TLS, and verifies who the other side is.
  public enum Security: UInt32, Sendable {
    /// TLS 1.2 or later, always verified.
    case tls = 1
    /// None: only where the operator allows it, and only to private addresses.
    case plain
  }

  let host: UnsafePointer<destination_host>
  let table: UnsafePointer<destination_connections>

  init?(_ host: AdapterHost) {
    let pointer = unsafe host.pointer
    let found = unsafe withSpan(of: DESTINATION_EXTENSION_CONNECTION_1) { id in
      unsafe pointer.pointee.`extension`?(pointer, id)
    }
    guard let found = unsafe found else { return nil }
    let table = unsafe found.assumingMemoryBound(to: destination_connections.self)
    guard unsafe Int(table.pointee.struct_size) >= ABISize.connections else { return nil }
    unsafe self.host = pointer
    unsafe self.table = table
  }

  /// Connects to a name or an address, version 6 without brackets.
  ///
  /// `call` is ``Batch/call`` in `deliver`, nil elsewhere; without `timeout` it may take until the deadline of the call.
  /// At most four are open at once.
  public func open(
    _ name: String, port: UInt16, security: Security = .tls, timeout: Duration? = nil,
    call: CallToken? = nil
  ) throws(ConnectionFailure) -> HostConnection {
    var number: UInt64 = 0
    try unsafe ConnectionCalls.check { problem in
      unsafe withSpan(of: name) { span in
        var target = unsafe destination_connection_target(
          struct_size: UInt32(MemoryLayout<destination_connection_target>.size),
          port: UInt32(port), security: security.rawValue, timeout_ms: timeout.milliseconds,
          host: span, call_token: call?.rawValue ?? 0)
        return unsafe table.pointee.open?(host, &target, &number, problem) ?? DESTINATION_FAILED
      }
    }
    return HostConnection(self, number)
  }
}

extension AdapterHost {
  /// Connections through the host; nil where it makes none.
  ///
  /// Name ``HostFeatures/connection`` in ``AdapterDescription/requiredHostFeatures``, and it is there.
  public var connections: ConnectionClient? { ConnectionClient(self) }

  /// The same for an adapter that cannot work without; throws an ``AdapterProblem`` where there are none.
  public func requiredConnections() throws -> ConnectionClient {
    guard let connections else {
      throw AdapterProblem.unavailable("the host makes no connections. Use a newer host.")
    }
    return connections
  }
}
