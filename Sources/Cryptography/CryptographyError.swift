import Glibc

/// What the cryptographic modules refuse or fail at; never carries a secret, a key or a value.
///
/// Every failed decryption is the one case ``decryptionFailed``: a reason would be an oracle
/// (Manger, CRYPTO 2001).
package enum CryptographyError: Error, Equatable {
  case notBase64
  case notAPublicKey
  case privateKeyInsteadOfPublic
  case keyForAnotherUse
  case notAPrivateKey
  case notASigningKey
  case notAVerifyingKey
  case unsupportedKeySize(bits: Int)
  case unsupportedExponent
  case keyCheckFailed
  case passphraseNeeded
  case passphraseWrong
  case passphraseEmpty
  case plaintextTooLong(length: Int, maximum: Int)
  case decryptionFailed
  case openToOthers(path: String, mode: UInt32)
  case fileExists(path: String)
  case fileTooLarge(path: String, maximum: Int)
  case notAFile(path: String)
  case fileFailed(path: String, operation: String, code: Int32)
  case invalidParameter(String)
  case libraryFailed(String)
}

extension CryptographyError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notBase64: "text refused: it is not canonical base64. Copy it again, whole."
    case .notAPublicKey:
      "public key refused: it is neither one PEM `PUBLIC KEY` nor an RSA JWK. "
        + "Export it with `openssl pkey -in private.pem -pubout`."
    case .privateKeyInsteadOfPublic:
      "public key refused: it is a private key. Keep that with its owner; "
        + "export the public half with `openssl pkey -in private.pem -pubout`."
    case .keyForAnotherUse:
      "public key refused: its JWK is not for `RSA-OAEP-256` encryption. "
        + "Make a key for this use alone."
    case .notAPrivateKey:
      "private key refused: it is not one RSA private key in PEM. "
        + "Give the file that was written when the key was made."
    case .unsupportedKeySize(let bits):
      "RSA key refused: it has \(bits) bits. Use 2048, 3072 or 4096."
    case .unsupportedExponent:
      "RSA key refused: its public exponent is not 65537. Make a key with 65537."
    case .keyCheckFailed:
      "RSA key refused: its numbers do not make a sound key. Export it again or make a new one."
    case .plaintextTooLong(let length, let maximum):
      "value refused: it has \(length) bytes and the key takes \(maximum). "
        + "Use a longer key or the format `jwe`."
    case .decryptionFailed: "could not be decrypted"
    default: fileOrPassphraseDescription
    }
  }

  private var fileOrPassphraseDescription: String {
    switch self {
    case .passphraseNeeded:
      "private key refused: it is protected and no passphrase was given. Give its passphrase."
    case .passphraseWrong:
      "private key refused: the passphrase does not open it. Give the one it was written with."
    case .passphraseEmpty:
      "passphrase refused: it is empty or longer than 1024 bytes. Give one between."
    case .openToOthers(let path, let mode):
      "file refused, \(path): its mode 0\(String(mode, radix: 8)) lets others in. "
        + "Run `chmod 600` on it."
    case .fileExists(let path):
      "file not written, \(path): it is there already. Name one that does not exist yet."
    case .fileTooLarge(let path, let maximum):
      "file refused, \(path): it is longer than \(maximum) bytes. Give the key file itself."
    case .notASigningKey:
      "signing key refused: it is not one Ed25519 private key in PEM. "
        + "Give the file that was written when the key was made."
    case .notAVerifyingKey:
      "verifying key refused: it is not one Ed25519 public key in PEM. "
        + "Export it with `openssl pkey -in private.pem -pubout`."
    case .notAFile(let path):
      "file refused, \(path): it is neither a file nor a pipe. Give the key file itself."
    case .fileFailed(let path, let operation, let code):
      "file failed, \(path): \(operation): \(unsafe String(cString: strerror(code))). "
        + "Check the path and its permissions."
    case .invalidParameter(let name):
      "parameter refused, \(name): it is out of range. Correct the caller."
    case .libraryFailed(let operation):
      "OpenSSL failed, \(operation): see that OpenSSL 3 with its default provider is installed."
    default: ""
    }
  }
}
