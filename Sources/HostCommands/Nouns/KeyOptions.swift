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

  static let noChallenge = Option.flag(
    "no-challenge", "Use the key at once, without proof that its private key is at hand")

  static let all = [generate, privateKeyOut, bits, passphraseFile, publicKey, noChallenge]

  /// What help says of them.
  static let details = """
    Give either --public-key F, or --generate-key --private-key-out F. A private key that is made here is \
    written to that file and kept nowhere else: without it nothing can be decrypted. On a terminal and \
    without --private-key-out it is shown there, once. A key whose file was written is read back from it and \
    active at once; any other is pending until its challenge is answered (sealpost encryption answer --help).
    """

  /// Which of the ways was asked for; nil when none was.
  ///
  /// - Parameter onTerminal: whether a private key can be shown.
  static func source(
    of arguments: Arguments, for command: String, onTerminal: Bool
  ) throws -> KeySource? {
    if let file = arguments[publicKey] {
      let others = [generate, privateKeyOut, bits, passphraseFile]
      if let other = others.first(where: arguments.isGiven) {
        throw CommandError.usage(
          "options \"\(publicKey.typed)\" and \"\(other.typed)\"", command,
          "they exclude each other", "Bring a key or have one made.")
      }
      return .file(file, isChallenged: !arguments.has(noChallenge))
    }
    guard arguments.has(generate) else {
      let strays = [privateKeyOut, bits, passphraseFile, noChallenge]
      if let stray = strays.first(where: arguments.isGiven) {
        throw CommandError.usage(
          "option \"\(stray.typed)\"", command, "it is about a new key, and there is none",
          "Add \(generate.typed) or \(publicKey.typed).")
      }
      return nil
    }
    return try madeHere(arguments, command, onTerminal)
  }

  private static func madeHere(
    _ arguments: Arguments, _ command: String, _ onTerminal: Bool
  ) throws -> KeySource {
    let size = arguments[bits].flatMap { Int($0) } ?? 3072
    let passphrase = arguments[passphraseFile]
    if let out = arguments[privateKeyOut] {
      guard !arguments.has(noChallenge) else {
        throw CommandError.usage(
          "option \"\(noChallenge.typed)\"", command,
          "a key that is written to a file gets no challenge: the file is read back",
          "Leave it out.")
      }
      return .generated(bits: size, privateKeyOut: out, passphraseFile: passphrase)
    }
    guard onTerminal else {
      throw CommandError.usage(
        "option \"\(privateKeyOut.typed)\"", command, "it is missing, and there is no terminal",
        "Name a file for the private key that is made.")
    }
    return .shown(
      bits: size, passphraseFile: passphrase, isChallenged: !arguments.has(noChallenge))
  }
}

/// Where a destination's key comes from.
enum KeySource {
  case file(String, isChallenged: Bool)
  case generated(bits: Int, privateKeyOut: String, passphraseFile: String?)
  case shown(bits: Int, passphraseFile: String?, isChallenged: Bool)

  /// Reads or makes the key; a private key that goes to a file is on the disk and proved to open when this returns.
  func key() throws -> KeyInHand {
    switch self {
    case .file(let path, let isChallenged):
      let key = try PublicKeyFile.read(path)
      return KeyInHand(NewKey(key, .imported, proof: isChallenged ? nil : .skipped))
    case .generated(let bits, let path, let passphraseFile):
      let key = try PrivateKeyFile.make(bits: bits, at: path, passphraseFile: passphraseFile)
      return KeyInHand(NewKey(key, .generated, proof: .readBack))
    case .shown(let bits, let passphraseFile, let isChallenged):
      let key = try RSAPrivateKey.generate(bits: bits)
      let text = try PrivateKeyFile.withPassphrase(passphraseFile) { try key.pem(passphrase: $0) }
      return KeyInHand(
        NewKey(key.publicKey, .generated, proof: isChallenged ? nil : .skipped), toShow: text)
    }
  }

  /// Takes a private key away that was made for a change which then failed.
  func undo() {
    if case .generated(_, let path, _) = self { unsafe unlink(path) }
  }
}

/// A key that was read or made, with the private half that is still to be shown, if it is.
final class KeyInHand {
  let new: NewKey
  private let text: SecretBytes

  init(_ new: NewKey) {
    self.new = new
    text = SecretBytes(count: 0)
  }

  init(_ new: NewKey, toShow text: consuming SecretBytes) {
    self.new = new
    self.text = text
  }

  /// After the change was made: the private key goes to its owner, and where it went is said.
  func hand(over source: KeySource, to console: Console) {
    switch source {
    case .file: break
    case .generated(_, let path, _):
      console.note(
        "Private key written to \(path), once: keep it safe and away from this machine. "
          + "Without it nothing can be decrypted.")
    case .shown:
      console.secret(text)
      console.note(
        "This private key is shown once and kept nowhere: copy all of it now, then clear the terminal. "
          + "Without it nothing can be decrypted.")
    }
  }
}
