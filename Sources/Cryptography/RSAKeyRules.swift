import COpenSSL

/// Which RSA keys are taken at all, and the numbers that are read from one.
enum RSAKeyRules {
  static let sizes = [2048, 3072, 4096]
  static let exponent: UInt64 = 65537

  /// Refuses another algorithm, size or exponent, before anything costly is computed.
  static func check(
    _ key: OpaquePointer, or error: CryptographyError
  ) throws(CryptographyError) {
    guard unsafe EVP_PKEY_is_a(key, "RSA") == 1 else { throw error }
    let bits = unsafe Int(EVP_PKEY_get_bits(key))
    guard sizes.contains(bits) else { throw .unsupportedKeySize(bits: bits) }
    guard try unsafe number("e", of: key) == [1, 0, 1] else { throw .unsupportedExponent }
  }

  /// The soundness of the public numbers (SP 800-56B, section 6.4.2.2).
  static func checkPublicNumbers(of key: OpaquePointer) throws(CryptographyError) {
    let context = try unsafe require(
      EVP_PKEY_CTX_new_from_pkey(nil, key, nil), or: .libraryFailed("EVP_PKEY_CTX_new"))
    defer { unsafe EVP_PKEY_CTX_free(context) }
    try unsafe Cryptography.check(EVP_PKEY_public_check(context), or: .keyCheckFailed)
  }

  /// A number of the key, big-endian without leading zeros; only public ones are asked for.
  static func number(
    _ name: String, of key: OpaquePointer
  ) throws(CryptographyError) -> [UInt8] {
    var number: OpaquePointer?
    try unsafe Cryptography.check(
      EVP_PKEY_get_bn_param(key, name, &number), or: .libraryFailed("EVP_PKEY_get_bn_param"))
    defer { unsafe BN_free(number) }
    let length = unsafe Int((BN_num_bits(number) + 7) / 8)
    return unsafe [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
      count = unsafe Int(BN_bn2bin(number, buffer.baseAddress))
    }
  }
}
