internal import COpenSSL

/// What a client trusts and offers: the system's authorities and perhaps more, TLS 1.2 and 1.3.
///
/// Immutable after `init`, so any number of threads may make connections with it.
@safe package final class TLSClientContext: Sendable {
  // Protection: set up in `init` alone; OpenSSL counts references atomically.
  nonisolated(unsafe) let context: OpaquePointer

  /// Reads the trusted certificates, those of `additionalTrust` (PEM) beside the system's; blocks.
  package init(additionalTrust path: String? = nil) throws(TLSError) {
    guard let context = unsafe SSL_CTX_new(TLS_client_method()) else {
      ERR_clear_error()
      throw .libraryFailed("SSL_CTX_new")
    }
    unsafe self.context = context
    defer { ERR_clear_error() }
    guard unsafe COpenSSL_setUpTLS(context) == 1 else {
      throw .libraryFailed("SSL_CTX_set_min_proto_version")
    }
    unsafe COpenSSL_keepNoSessions(context)
    unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
    guard unsafe SSL_CTX_set_default_verify_paths(context) == 1 else {
      throw .trustUnusable(path: nil)
    }
    if let path {
      guard unsafe SSL_CTX_load_verify_file(context, path) == 1 else {
        throw .trustUnusable(path: path)
      }
    }
  }

  deinit { unsafe SSL_CTX_free(context) }
}
