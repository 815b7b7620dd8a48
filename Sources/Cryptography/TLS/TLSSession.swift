internal import COpenSSL

/// What a client may go on from in its next connection to the same host: a handshake without certificates.
///
/// Only for the same context and the same host: the proof of who the other side is comes along with it.
@safe package final class TLSSession: Sendable {
  // Protection: never changed after `init`; OpenSSL counts references atomically.
  nonisolated(unsafe) let session: OpaquePointer

  /// Takes the session over.
  init(taking session: OpaquePointer) { unsafe self.session = session }

  deinit { unsafe SSL_SESSION_free(session) }
}
