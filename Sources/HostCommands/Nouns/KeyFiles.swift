internal import Cryptography
import Glibc

/// A public key that its owner brings.
enum PublicKeyFile {
  /// Reads PEM or JWK.
  static func read(_ path: String) throws -> RSAPublicKey {
    let bytes = try InputFile.read(path, limit: SecretBytes.maximumFileSize)
    let first = bytes.first { !" \t\r\n".utf8.contains($0) }
    do throws(CryptographyError) {
      return first == UInt8(ascii: "{")
        ? try RSAPublicKey(jwk: bytes) : try RSAPublicKey(pem: bytes)
    } catch {
      throw FileError(path: path, cause: error)
    }
  }
}

/// A private key in a file of its owner's.
enum PrivateKeyFile {
  /// Makes a key, writes it to a file that must not exist yet, reads that back and tries it.
  ///
  /// What is left of a file that did not pass is removed.
  static func make(
    bits: Int, at path: String, passphraseFile: String?
  ) throws -> RSAPublicKey {
    try withPassphrase(passphraseFile) { passphrase in
      try refuseExisting(path)
      let key = try RSAPrivateKey.generate(bits: bits)
      try write(key, path, passphrase)
      do {
        try proveItOpens(path, key.publicKey, passphrase)
      } catch {
        unsafe unlink(path)
        throw error
      }
      return key.publicKey
    }
  }

  /// Reads a private key; its passphrase comes from the other file.
  static func read(_ path: String, passphraseFile: String?) throws -> RSAPrivateKey {
    try withPassphrase(passphraseFile) { passphrase in try read(path, passphrase) }
  }

  static func withPassphrase<Result: ~Copyable>(
    _ path: String?, _ body: (borrowing SecretBytes?) throws -> Result
  ) throws -> Result {
    guard let path else { return try body(nil) }
    var passphrase = try SecretBytes(readingFile: path)
    passphrase.dropTrailingNewlines()
    let given: SecretBytes? = consume passphrase
    return try body(given)
  }

  private static func read(
    _ path: String, _ passphrase: borrowing SecretBytes?
  ) throws -> RSAPrivateKey {
    let pem = try SecretBytes(readingFile: path)
    return try named(path) { () throws(CryptographyError) in
      try RSAPrivateKey(pem: pem, passphrase: passphrase)
    }
  }

  /// What is wrong with a key, told with its file.
  static func named<Key>(
    _ path: String, _ read: () throws(CryptographyError) -> Key
  ) throws -> Key {
    do throws(CryptographyError) {
      return try read()
    } catch .passphraseNeeded {
      throw CommandError(
        .noInput, "private key", in: path, "it is protected and no passphrase was given",
        "Give --passphrase-file F.")
    } catch {
      throw FileError(path: path, cause: error)
    }
  }

  private static func write(
    _ key: RSAPrivateKey, _ path: String, _ passphrase: borrowing SecretBytes?
  ) throws {
    try key.writePEM(toNewFile: path, passphrase: passphrase)
  }

  /// Found before a key is made, which takes long; making the file checks it again.
  static func refuseExisting(_ path: String) throws {
    var status = stat()
    if unsafe lstat(path, &status) == 0 { throw CryptographyError.fileExists(path: path) }
  }

  /// A challenge encrypted to the key is decrypted with what stands in the file.
  private static func proveItOpens(
    _ path: String, _ key: RSAPublicKey, _ passphrase: borrowing SecretBytes?
  ) throws {
    let challenge = SecureRandom.bytes(32)
    var ciphertext: [UInt8] = []
    var encryptor = try OAEPEncryptor(key)
    try unsafe encryptor.encrypt(challenge.span.bytes, appendingTo: &ciphertext)
    var decryptor = try OAEPDecryptor(try read(path, passphrase))
    let answer = try? unsafe decryptor.decrypt(ciphertext.span.bytes)
    guard let answer, unsafe constantTimeEqual(answer.span.bytes, challenge.span.bytes) else {
      throw CommandError(
        .inputOutput, "private key", in: path, "what was written does not open what was sealed",
        "Check the disk, then run the command again; nothing was changed.")
    }
  }
}

/// What is wrong with a key, and in which file it stands.
struct FileError: Error, Equatable, CustomStringConvertible {
  let path: String
  let cause: CryptographyError

  var description: String {
    let text = cause.description
    guard let colon = text.firstIndex(of: ":") else { return "\(path): \(text)" }
    return "\(text[..<colon]), \(path)\(text[colon...])"
  }
}
