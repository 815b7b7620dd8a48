internal import Cryptography
internal import FieldEncryption
import Glibc

/// The options by which a destination gets its key: made here, or brought along.
enum KeyOptions {
  static let generate = Option.flag(
    "generate-key", "Make a key pair; the private key goes to --private-key-out, once")
  static let privateKeyOut = Option.value(
    "private-key-out", "F", "A file that must not exist yet, made with mode 0600")
  static let bits = Option.choice(
    "bits", ["2048", "3072", "4096"], "Size of the key made (default 3072)")
  static let passphraseFile = Option.value(
    "passphrase-file", "F", "File with the passphrase that protects the private key")
  static let publicKey = Option.value(
    "public-key", "F", "Your own RSA public key, PEM or JWK; the private key stays with you")

  static let all = [generate, privateKeyOut, bits, passphraseFile, publicKey]

  /// What help says of them.
  static let details = """
    Give either --public-key F, or --generate-key --private-key-out F. A private key that is made \
    here is written to that file and kept nowhere else: without it nothing can be decrypted.
    """

  /// Which of the two ways was asked for; nil when neither was.
  static func source(of arguments: Arguments, for command: String) throws -> KeySource? {
    if let file = arguments[publicKey] {
      let others = [generate, privateKeyOut, bits, passphraseFile]
      if let other = others.first(where: arguments.isGiven) {
        throw CommandError.usage(
          "options \"\(publicKey.typed)\" and \"\(other.typed)\"", command,
          "they exclude each other", "Bring a key or have one made.")
      }
      return .file(file)
    }
    guard arguments.has(generate) else {
      if let stray = [privateKeyOut, bits, passphraseFile].first(where: arguments.isGiven) {
        throw CommandError.usage(
          "option \"\(stray.typed)\"", command, "it says how a key is made, and none is",
          "Add \(generate.typed).")
      }
      return nil
    }
    guard let out = arguments[privateKeyOut] else {
      throw CommandError.usage(
        "option \"\(privateKeyOut.typed)\"", command, "it is missing",
        "Name a file for the private key that is made.")
    }
    return .generated(
      bits: arguments[bits].flatMap { Int($0) } ?? 3072, privateKeyOut: out,
      passphraseFile: arguments[passphraseFile])
  }
}

/// Where a destination's key comes from.
enum KeySource {
  case file(String)
  case generated(bits: Int, privateKeyOut: String, passphraseFile: String?)

  /// Reads or makes the key; a private key is on the disk and proved to open when this returns.
  func key(at time: String) throws -> EncryptionKeyRecord {
    switch self {
    case .file(let path):
      let key = try PublicKeyFile.read(path)
      return EncryptionKeyRecord(key: key, activatedAt: time, origin: .imported)
    case .generated(let bits, let path, let passphraseFile):
      let key = try PrivateKeyFile.make(bits: bits, at: path, passphraseFile: passphraseFile)
      return EncryptionKeyRecord(key: key, activatedAt: time, origin: .generated)
    }
  }

  /// Takes a private key away that was made for a change which then failed.
  func undo() {
    if case .generated(_, let path, _) = self { unsafe unlink(path) }
  }
}
