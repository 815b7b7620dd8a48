import COpenSSL

/// The algorithms, fetched once per process from OpenSSL's providers.
///
/// A fetch takes a lock and walks the provider store, and the legacy `EVP_sha256()` does so at
/// every use: neither belongs on the event path (EVP_MD_fetch(3), "Performance").
enum Algorithms {
  // Protection of all: never changed or freed after the fetch; OpenSSL's method objects may be
  // read by any number of threads.
  nonisolated(unsafe) static let sha256: OpaquePointer = unsafe fetched(
    EVP_MD_fetch(nil, "SHA256", nil))
  nonisolated(unsafe) static let aes256GCM: OpaquePointer = unsafe fetched(
    EVP_CIPHER_fetch(nil, "AES-256-GCM", nil))
  // As above.
  nonisolated(unsafe) static let hmac: OpaquePointer = unsafe fetched(
    EVP_MAC_fetch(nil, "HMAC", nil))
  // As above.
  nonisolated(unsafe) static let hkdf: OpaquePointer = unsafe fetched(
    EVP_KDF_fetch(nil, "HKDF", nil))

  /// A host without these algorithms must not run at all.
  private static func fetched(_ algorithm: OpaquePointer?) -> OpaquePointer {
    guard let algorithm = unsafe algorithm else {
      fatalError("OpenSSL 3 lacks an algorithm that is needed: its providers are not loaded.")
    }
    return unsafe algorithm
  }
}

/// Turns OpenSSL's "1 is success" into an error, once, and leaves its thread's error queue empty.
@inline(__always)
func check(
  _ result: Int32, or error: @autoclosure () -> CryptographyError
) throws(CryptographyError) {
  guard result != 1 else { return }
  ERR_clear_error()
  throw error()
}

/// As ``check(_:or:)`` for the functions that return a new object.
@inline(__always)
func require(
  _ object: OpaquePointer?, or error: @autoclosure () -> CryptographyError
) throws(CryptographyError) -> OpaquePointer {
  guard let object = unsafe object else {
    ERR_clear_error()
    throw error()
  }
  return unsafe object
}
