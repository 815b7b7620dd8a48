internal import CDestinationAdapter

/// `host.connection/1` as the adapter sees it: the host opens, writes, reads and closes; the adapter has a number.
enum ConnectionService {
  // Written once and read-only from then on; lives as long as the process, as the header says.
  nonisolated(unsafe) private static let extensionTable:
    UnsafeMutablePointer<destination_connections> = {
      let table = UnsafeMutablePointer<destination_connections>.allocate(capacity: 1)
      unsafe table.initialize(
        to: unsafe destination_connections(
          struct_size: UInt32(MemoryLayout<destination_connections>.size), reserved: 0,
          open: { unsafe open($0, $1, $2, $3) }, write: { unsafe write($0, $1, $2, $3) },
          read: { unsafe read($0, $1, $2, $3) }, close: { unsafe close($0, $1, $2) }))
      return unsafe table
    }()

  /// The extension of that id; nil for one that this host does not have.
  static func table(_ id: destination_span) -> UnsafeRawPointer? {
    guard unsafe String(span: id, longest: 64) == DESTINATION_EXTENSION_CONNECTION_1 else {
      return nil
    }
    return unsafe UnsafeRawPointer(extensionTable)
  }

  private static func open(
    _ host: UnsafePointer<destination_host>?,
    _ target: UnsafePointer<destination_connection_target>?,
    _ connection: UnsafeMutablePointer<UInt64>?, _ problem: UnsafeMutablePointer<destination_text>?
  ) -> Int32 {
    guard let target = unsafe target, let connection = unsafe connection,
      unsafe target.pointee.struct_size >= UInt32(DESTINATION_CONNECTION_TARGET_SIZE_1_1)
    else {
      return unsafe ServiceFailure.invalid.tell(
        "the target is not laid out as ABI 1.1 has it.", problem)
    }
    unsafe connection.pointee = 0
    let found = unsafe target.pointee
    guard let wish = unsafe wish(found) else {
      return unsafe ServiceFailure.invalid.tell(
        "the target's host, port or security is none.", problem)
    }
    let answer = unsafe ask(host, wish, found.timeout_ms, found.call_token)
    guard case .opened(let number) = answer else { return unsafe tell(answer, problem) }
    unsafe connection.pointee = number
    return DESTINATION_OK
  }

  private static func write(
    _ host: UnsafePointer<destination_host>?, _ use: UnsafePointer<destination_connection_use>?,
    _ bytes: destination_span, _ problem: UnsafeMutablePointer<destination_text>?
  ) -> Int32 {
    guard let use = unsafe checked(use), unsafe bytes.length == 0 || bytes.data != nil else {
      return unsafe malformed(problem)
    }
    guard unsafe bytes.length <= ConnectionCall.longestWrite else {
      return unsafe ServiceFailure.tooLarge.tell(
        "one write takes at most \(ConnectionCall.longestWrite) bytes. Write in parts.", problem)
    }
    let copy = unsafe Array(UnsafeBufferPointer(start: bytes.data, count: bytes.length))
    return unsafe tell(
      ask(host, .write(use.connection, copy[...]), use.timeout_ms, use.call_token), problem)
  }

  private static func read(
    _ host: UnsafePointer<destination_host>?, _ use: UnsafePointer<destination_connection_use>?,
    _ bytes: UnsafeMutablePointer<destination_text>?,
    _ problem: UnsafeMutablePointer<destination_text>?
  ) -> Int32 {
    guard let use = unsafe checked(use), let bytes = unsafe bytes,
      let place = unsafe bytes.pointee.data, unsafe bytes.pointee.capacity > 0
    else { return unsafe malformed(problem) }
    unsafe bytes.pointee.length = 0
    let most = unsafe min(bytes.pointee.capacity, ConnectionCall.longestRead)
    let answer = unsafe ask(
      host, .read(use.connection, most: most), use.timeout_ms, use.call_token)
    guard case .bytes(let found) = answer, found.count <= most else {
      return unsafe tell(answer, problem)
    }
    unsafe found.withUnsafeBufferPointer { source in
      if let start = source.baseAddress { unsafe place.update(from: start, count: found.count) }
    }
    unsafe bytes.pointee.length = found.count
    return DESTINATION_OK
  }

  private static func close(
    _ host: UnsafePointer<destination_host>?, _ use: UnsafePointer<destination_connection_use>?,
    _ problem: UnsafeMutablePointer<destination_text>?
  ) -> Int32 {
    guard let use = unsafe checked(use) else { return unsafe malformed(problem) }
    return unsafe tell(ask(host, .close(use.connection), use.timeout_ms, use.call_token), problem)
  }
}

// MARK: - Parts

extension ConnectionService {
  private static func wish(_ target: destination_connection_target) -> ConnectionCall.Wish? {
    let securities: [UInt32] = [DESTINATION_CONNECTION_TLS, DESTINATION_CONNECTION_PLAIN]
    guard unsafe target.host.length <= ConnectionCall.longestHost,
      let name = unsafe String(span: target.host, longest: ConnectionCall.longestHost),
      let port = unsafe UInt16(exactly: target.port), port > 0,
      unsafe securities.contains(target.security)
    else { return nil }
    return unsafe .open(
      host: name, port: port, isSecure: target.security == DESTINATION_CONNECTION_TLS)
  }

  private static func checked(
    _ use: UnsafePointer<destination_connection_use>?
  ) -> destination_connection_use? {
    guard let use = unsafe use,
      unsafe use.pointee.struct_size >= UInt32(DESTINATION_CONNECTION_USE_SIZE_1_1)
    else { return nil }
    return unsafe use.pointee
  }

  private static func ask(
    _ host: UnsafePointer<destination_host>?, _ wish: ConnectionCall.Wish, _ timeout: UInt32,
    _ token: UInt64
  ) -> ConnectionAnswer {
    if let (failure, text) = unsafe ServiceExchange.obstacle(services(host), token) {
      return .failure(failure, text)
    }
    var writer = WireWriter()
    ConnectionCall(wish, timeout: timeout == 0 ? nil : .milliseconds(Int64(timeout)))
      .write(to: &writer)
    return ServiceExchange.ask(
      .connection, writer.bytes, expecting: .connectionAnswer, ConnectionAnswer.init)
  }

  private static func tell(
    _ answer: ConnectionAnswer, _ problem: UnsafeMutablePointer<destination_text>?
  ) -> Int32 {
    switch answer {
    case .done: DESTINATION_OK
    case .failure(let failure, let text): unsafe failure.tell(text, problem)
    case .opened, .bytes:
      unsafe ServiceFailure.unavailable.tell("the host's answer is to something else.", problem)
    }
  }

  private static func malformed(_ problem: UnsafeMutablePointer<destination_text>?) -> Int32 {
    unsafe ServiceFailure.invalid.tell("the arguments are not laid out as ABI 1.1 has it.", problem)
  }
}
