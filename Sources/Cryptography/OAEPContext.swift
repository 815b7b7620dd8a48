import COpenSSL

/// OpenSSL's context for RSAES-OAEP, made once: SHA-256 for the label and for MGF1 (RFC 8017, 7.1).
///
/// Both digests are named: without a digest OpenSSL takes SHA-1 for both.
enum OAEPContext {
  /// A context on the key; the context counts the key itself, so the caller frees its own.
  static func make(
    _ key: OpaquePointer, label: [UInt8] = [], initialize: (OpaquePointer?) -> Int32
  ) throws(CryptographyError) -> OpaquePointer {
    let failure = CryptographyError.libraryFailed("RSAES-OAEP")
    let context = try unsafe require(EVP_PKEY_CTX_new_from_pkey(nil, key, nil), or: failure)
    do throws(CryptographyError) {
      try unsafe check(initialize(context), or: failure)
      try unsafe check(
        EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING), or: failure)
      try unsafe check(
        EVP_PKEY_CTX_set_rsa_oaep_md_name(context, "SHA2-256", nil), or: failure)
      try unsafe check(
        EVP_PKEY_CTX_set_rsa_mgf1_md_name(context, "SHA2-256", nil), or: failure)
      if !label.isEmpty {
        // OpenSSL takes over this copy.
        let copy = unsafe CRYPTO_memdup(label, label.count, nil, 0)
        try unsafe check(
          EVP_PKEY_CTX_set0_rsa_oaep_label(context, copy, Int32(label.count)), or: failure)
      }
    } catch {
      unsafe EVP_PKEY_CTX_free(context)
      throw error
    }
    return unsafe context
  }
}
