internal import COpenSSL
internal import Synchronization

/// A server's certificate and key, read from files, and read again when they have changed; any thread.
///
/// A connection keeps the certificate that it began with.
@safe package final class TLSServerContext: Sendable {
  private let certificatePath: String
  private let keyPath: String
  private let current: Mutex<TLSServerIdentity>

  /// Reads both; blocks.
  package init(certificatePath: String, keyPath: String) throws(TLSError) {
    self.certificatePath = certificatePath
    self.keyPath = keyPath
    current = Mutex(
      try TLSServerIdentity(certificatePath: certificatePath, keyPath: keyPath))
  }

  /// Reads both again, for the connections from now on.
  ///
  /// When it throws, all stays as it was.
  package func reload() throws(TLSError) {
    let new = try TLSServerIdentity(certificatePath: certificatePath, keyPath: keyPath)
    current.withLock { $0 = new }
  }

  var identity: TLSServerIdentity { current.withLock { $0 } }
}

/// One reading of the files.
@safe final class TLSServerIdentity: Sendable {
  // Protection: set up in `init` alone; OpenSSL counts references atomically.
  nonisolated(unsafe) let context: OpaquePointer

  init(certificatePath: String, keyPath: String) throws(TLSError) {
    guard let context = unsafe SSL_CTX_new(TLS_server_method()) else {
      ERR_clear_error()
      throw .libraryFailed("SSL_CTX_new")
    }
    unsafe self.context = context
    defer { ERR_clear_error() }
    guard unsafe COpenSSL_setUpTLS(context) == 1 else {
      throw .libraryFailed("SSL_CTX_set_min_proto_version")
    }
    unsafe COpenSSL_acceptHTTP11(context)
    guard unsafe SSL_CTX_use_certificate_chain_file(context, certificatePath) == 1 else {
      throw .certificateUnusable(path: certificatePath)
    }
    let key = try unsafe TLSServerIdentity.key(keyPath)
    defer { unsafe EVP_PKEY_free(key) }
    // It is held against the certificate here, too.
    guard unsafe SSL_CTX_use_PrivateKey(context, key) == 1,
      unsafe SSL_CTX_check_private_key(context) == 1
    else { throw .keyOfAnotherCertificate(path: keyPath) }
  }

  deinit { unsafe SSL_CTX_free(context) }

  private static func key(_ path: String) throws(TLSError) -> OpaquePointer {
    do throws(CryptographyError) {
      let pem = try SecretBytes(readingFile: path)
      return try unsafe PrivateKeyPEM.read(pem, passphrase: nil)
    } catch {
      switch error {
      case .openToOthers: throw .keyUnusable(path: path, reason: "others may read it.")
      case .passphraseNeeded: throw .keyUnusable(path: path, reason: "it has a passphrase.")
      case .fileFailed, .notAFile: throw .keyUnusable(path: path, reason: "it cannot be read.")
      default: throw .keyUnusable(path: path, reason: "it is no private key in PEM.")
      }
    }
  }
}
