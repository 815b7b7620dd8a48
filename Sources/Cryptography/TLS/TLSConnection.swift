internal import COpenSSL
internal import Glibc

/// One side of a TLS connection over a socket that is its caller's; used by one thread at a time.
///
/// On a non-blocking socket no call waits: it says for what the caller is to wait (`poll`, `epoll`), so deadlines and
/// cancelling are the caller's. On a blocking one each call waits as long as it takes. The process has to ignore
/// SIGPIPE. The socket has to outlive this, and is not closed by it.
@safe package struct TLSConnection: ~Copyable {
  /// How far a call came.
  package enum Progress: Equatable, Sendable {
    /// So many bytes; for a handshake 0.
    case done(Int)
    case wantsRead
    case wantsWrite
    /// The other side has said that nothing more comes.
    case ended
  }

  private let connection: OpaquePointer
  /// Nothing may be asked of OpenSSL after it has failed, not even a goodbye (SSL_get_error(3)).
  private var hasFailed = false

  /// A client's side, to a host of that name or address, whose certificate has to prove it.
  ///
  /// A name goes out as SNI, `protocols` as ALPN's names, the best first (RFC 7301). `session` is from the last
  /// connection to this host with this context.
  package init(
    _ context: TLSClientContext, to host: String, offering protocols: [String] = ["http/1.1"],
    resuming session: TLSSession? = nil, over descriptor: Int32
  ) throws(TLSError) {
    let connection = try unsafe TLSConnection.new(context.context, descriptor)
    guard unsafe TLSConnection.expect(host, on: connection),
      unsafe TLSConnection.offer(protocols, on: connection)
    else {
      unsafe SSL_free(connection)
      ERR_clear_error()
      throw .hostUnusable
    }
    if let session { unsafe SSL_set_session(connection, session.session) }
    unsafe SSL_set_connect_state(connection)
    unsafe self.connection = connection
  }

  /// A server's side.
  package init(_ context: TLSServerContext, over descriptor: Int32) throws(TLSError) {
    unsafe connection = try TLSConnection.new(context.identity.context, descriptor)
    unsafe SSL_set_accept_state(connection)
  }

  private static func new(
    _ context: OpaquePointer, _ descriptor: Int32
  ) throws(TLSError) -> OpaquePointer {
    guard let connection = unsafe SSL_new(context) else {
      ERR_clear_error()
      throw .libraryFailed("SSL_new")
    }
    guard unsafe SSL_set_fd(connection, descriptor) == 1 else {
      unsafe SSL_free(connection)
      ERR_clear_error()
      throw .libraryFailed("SSL_set_fd")
    }
    return unsafe connection
  }

  /// Has the certificate checked for the host, and names it to the other side.
  private static func expect(_ host: String, on connection: OpaquePointer) -> Bool {
    let parameters = unsafe SSL_get0_param(connection)
    guard !host.isEmpty, !host.utf8.contains(0) else { return false }
    if unsafe X509_VERIFY_PARAM_set1_ip_asc(parameters, host) == 1 { return true }
    let flags = UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS)
    unsafe X509_VERIFY_PARAM_set_hostflags(parameters, flags)
    return unsafe X509_VERIFY_PARAM_set1_host(parameters, host, host.utf8.count) == 1
      && COpenSSL_setServerName(connection, host) == 1
  }

  /// Each name behind a byte with its length; without a name nothing is said of it.
  private static func offer(_ protocols: [String], on connection: OpaquePointer) -> Bool {
    guard !protocols.isEmpty else { return true }
    let names = protocols.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
    return unsafe SSL_set_alpn_protos(connection, names, UInt32(names.count)) == 0
  }

  deinit { unsafe SSL_free(connection) }
}

// MARK: - Talking

extension TLSConnection {
  /// Goes on with the handshake until it is `done`; then the other side is who it should be.
  package mutating func handshake() throws(TLSError) -> Progress {
    ERR_clear_error()
    errno = 0
    let result = unsafe SSL_do_handshake(connection)
    guard result != 1 else { return .done(0) }
    let progress = try progress(result, isHandshake: true)
    guard progress != .ended else { throw .handshakeFailed(reason: "the other side hung up") }
    return progress
  }

  /// Reads what is there, at most as much as `buffer` holds.
  package mutating func read(into buffer: inout [UInt8]) throws(TLSError) -> Progress {
    guard !buffer.isEmpty else { return .done(0) }
    ERR_clear_error()
    errno = 0
    var got = 0
    let result = unsafe SSL_read_ex(connection, &buffer, buffer.count, &got)
    return result == 1 ? .done(got) : try progress(result, isHandshake: false)
  }

  /// Writes some of the bytes, at least one; after `wantsRead` or `wantsWrite` give the same bytes again.
  package mutating func write(_ bytes: RawSpan) throws(TLSError) -> Progress {
    guard !bytes.isEmpty else { return .done(0) }
    ERR_clear_error()
    errno = 0
    var written = 0
    let result = unsafe bytes.withUnsafeBytes {
      unsafe SSL_write_ex(connection, $0.baseAddress, $0.count, &written)
    }
    return result == 1 ? .done(written) : try progress(result, isHandshake: false)
  }

  /// Says that nothing more comes; does not wait for the other side to say so, too.
  package mutating func close() {
    guard !hasFailed, unsafe SSL_is_init_finished(connection) == 1 else { return }
    _ = unsafe SSL_shutdown(connection)
    ERR_clear_error()
  }

  /// Says that nothing more comes, as ``close()``; `done` once that is on its way.
  ///
  /// What the other side still has to say can be read afterwards.
  package mutating func finish() throws(TLSError) -> Progress {
    guard !hasFailed, unsafe SSL_is_init_finished(connection) == 1 else { return .ended }
    ERR_clear_error()
    errno = 0
    let result = unsafe SSL_shutdown(connection)
    return result >= 0 ? .done(0) : try progress(result, isHandshake: false)
  }

  /// What a call that did not succeed came to.
  private mutating func progress(
    _ result: Int32, isHandshake: Bool
  ) throws(TLSError) -> Progress {
    let code = errno
    defer { ERR_clear_error() }
    switch unsafe SSL_get_error(connection, result) {
    case SSL_ERROR_WANT_READ: return .wantsRead
    case SSL_ERROR_WANT_WRITE: return .wantsWrite
    case SSL_ERROR_ZERO_RETURN: return .ended
    case SSL_ERROR_SYSCALL:
      hasFailed = true
      throw code == 0 ? .truncated : .connectionFailed(code: code)
    default:
      hasFailed = true
      throw failure(isHandshake)
    }
  }

  private func failure(_ isHandshake: Bool) -> TLSError {
    let error = ERR_peek_last_error()
    let verdict = unsafe SSL_get_verify_result(connection)
    if isHandshake, verdict != Int(X509_V_OK) {
      return .certificateRefused(
        reason: unsafe String(cString: X509_verify_cert_error_string(verdict)))
    }
    let reason = unsafe ERR_reason_error_string(error).map { unsafe String(cString: $0) }
    // A connection that ends without goodbye is OpenSSL 3's SSL_R_UNEXPECTED_EOF_WHILE_READING.
    if Int32(truncatingIfNeeded: error & 0x7F_FFFF) == SSL_R_UNEXPECTED_EOF_WHILE_READING {
      return isHandshake ? .handshakeFailed(reason: "the other side hung up") : .truncated
    }
    return isHandshake
      ? .handshakeFailed(reason: reason ?? "unknown") : .protocolFailed(reason: reason ?? "unknown")
  }
}

// MARK: - What was agreed

extension TLSConnection {
  /// Such as `TLSv1.3`.
  package var version: String { unsafe String(cString: SSL_get_version(connection)) }

  /// What ALPN chose; nil when the other side does not know ALPN.
  package var applicationProtocol: String? {
    var start: UnsafePointer<UInt8>?
    var length: UInt32 = 0
    unsafe SSL_get0_alpn_selected(connection, &start, &length)
    return unsafe start.map {
      unsafe String(decoding: UnsafeBufferPointer(start: $0, count: Int(length)), as: UTF8.self)
    }
  }

  /// Whether the handshake went on from an earlier session.
  package var wasResumed: Bool { unsafe SSL_session_reused(connection) == 1 }

  /// Whether bytes have been decrypted that no call has read yet; no `poll` tells of those.
  package var hasPending: Bool { unsafe SSL_has_pending(connection) == 1 }

  /// What the next connection may go on from; with TLS 1.3 it comes after the first answer.
  package var session: TLSSession? {
    guard !hasFailed, let session = unsafe SSL_get1_session(connection) else { return nil }
    let taken = unsafe TLSSession(taking: session)
    return unsafe SSL_SESSION_is_resumable(session) == 1 ? taken : nil
  }
}
