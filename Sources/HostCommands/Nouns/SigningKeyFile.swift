internal import Cryptography
import Glibc

/// Files with keys that sign adapters.
enum SigningKeyFile {
  /// Makes both halves, in files that must not exist yet: `path` (mode 0600) and `path.pub`.
  static func make(at path: String, passphraseFile: String?) throws -> Ed25519.VerifyingKey {
    let publicPath = path + ".pub"
    try PrivateKeyFile.refuseExisting(path)
    try PrivateKeyFile.refuseExisting(publicPath)
    let key = try Ed25519.SigningKey.generate()
    var text = Array(try key.verifyingKey.pem().utf8)
    let publicText = SecretBytes(moving: &text)
    try PrivateKeyFile.withPassphrase(passphraseFile) { passphrase in
      try key.writePEM(toNewFile: path, passphrase: passphrase)
    }
    do throws(CryptographyError) {
      try SecretFile.write(publicText, toNewFile: publicPath)
    } catch {
      unsafe unlink(path)
      throw error
    }
    return key.verifyingKey
  }

  static func read(_ path: String, passphraseFile: String?) throws -> Ed25519.SigningKey {
    try PrivateKeyFile.withPassphrase(passphraseFile) { passphrase in
      let pem = try SecretBytes(readingFile: path)
      return try PrivateKeyFile.named(path) { () throws(CryptographyError) in
        try Ed25519.SigningKey(pem: pem, passphrase: passphrase)
      }
    }
  }

  static func readPublic(_ path: String) throws -> Ed25519.VerifyingKey {
    let bytes = try InputFile.read(path, limit: SecretBytes.maximumFileSize)
    do throws(CryptographyError) {
      return try Ed25519.VerifyingKey(pem: bytes)
    } catch {
      throw FileError(path: path, cause: error)
    }
  }
}
