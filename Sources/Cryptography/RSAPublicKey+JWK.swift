import COpenSSL
import Foundation

extension RSAPublicKey {
  /// Reads an RSA public key as a JSON Web Key (RFC 7517, RFC 7518 section 6.3.1).
  ///
  /// `use` must be absent or `enc`, `alg` absent or `RSA-OAEP-256`. Throws as ``init(pem:)``, and
  /// `keyForAnotherUse`.
  package convenience init(jwk: [UInt8]) throws(CryptographyError) {
    guard jwk.count <= SecretBytes.maximumFileSize,
      let members = try? JSONDecoder().decode(WebKey.self, from: Data(jwk)), members.kty == "RSA"
    else { throw .notAPublicKey }
    guard members.d == nil else { throw .privateKeyInsteadOfPublic }
    guard members.use ?? "enc" == "enc", members.alg ?? "RSA-OAEP-256" == "RSA-OAEP-256" else {
      throw .keyForAnotherUse
    }
    let modulus = try Self.number(members.n)
    let exponent = try Self.number(members.e)
    guard modulus.count <= 512 else { throw .unsupportedKeySize(bits: modulus.count * 8) }
    guard exponent == [1, 0, 1] else { throw .unsupportedExponent }
    try unsafe self.init(taking: Self.key(modulus: modulus, exponent: exponent))
  }

  private static func number(_ text: String?) throws(CryptographyError) -> [UInt8] {
    guard let text, !text.isEmpty else { throw .notAPublicKey }
    let characters = Array(text.utf8)
    var bytes: [UInt8] = []
    do throws(CryptographyError) {
      try unsafe Base64URL.decode(characters.span.bytes, appendingTo: &bytes)
    } catch {
      throw .notAPublicKey
    }
    return Array(bytes.drop { $0 == 0 })
  }

  private static func key(
    modulus: [UInt8], exponent: [UInt8]
  ) throws(CryptographyError) -> OpaquePointer {
    let failure = CryptographyError.notAPublicKey
    let n = try unsafe require(BN_bin2bn(modulus, Int32(modulus.count), nil), or: failure)
    defer { unsafe BN_free(n) }
    let e = try unsafe require(BN_bin2bn(exponent, Int32(exponent.count), nil), or: failure)
    defer { unsafe BN_free(e) }
    let builder = try unsafe require(OSSL_PARAM_BLD_new(), or: failure)
    defer { unsafe OSSL_PARAM_BLD_free(builder) }
    try unsafe check(COpenSSL_pushRSAPublicNumbers(builder, n, e), or: failure)
    guard let parameters = unsafe OSSL_PARAM_BLD_to_param(builder) else { throw failure }
    defer { unsafe OSSL_PARAM_free(parameters) }
    let context = try unsafe require(EVP_PKEY_CTX_new_from_name(nil, "RSA", nil), or: failure)
    defer { unsafe EVP_PKEY_CTX_free(context) }
    try unsafe check(EVP_PKEY_fromdata_init(context), or: failure)
    var key: OpaquePointer?
    try unsafe check(
      EVP_PKEY_fromdata(context, &key, COpenSSL_publicKeySelection(), parameters), or: failure)
    return try unsafe require(key, or: failure)
  }
}

/// The members of a JWK that matter here; `d` only to refuse a private key.
private struct WebKey: Decodable {
  let kty: String
  let n: String?
  let e: String?
  let d: String?
  let use: String?
  let alg: String?
}
