internal import Glibc

/// What a change of the settings or a decryption run is refused or fails for.
package enum FieldEncryptionError: Error, Hashable {
  case alreadyEnabled
  case notEnabled
  case noKey
  case noFields
  case fieldAlreadyEncrypted(String)
  case fieldNotEncrypted(String)
  case lastField(String)
  case fieldAlreadyTokenized(String)
  case tokenScopeDiffers(TokenSettings.Scope)
  case keyAlreadyActive(kid: String)
  case keyAlreadyPending(kid: String)
  case keyWasRetired(kid: String)
  case noPendingKey
  case onlyKeyPending(kid: String)
  case wrongAnswer(kid: String)
  case challengeNotMade
  case noPrivateKey
  case inputFailed(code: Int32)
  case outputFailed(code: Int32)
}

extension FieldEncryptionError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .alreadyEnabled:
      "encryption not enabled: it is on already. Change its fields or rotate its key instead."
    case .notEnabled: "encryption not changed: it is off. Enable it first."
    case .noKey: "encryption not enabled: there is no key. Generate or import one."
    case .noFields: "encryption not enabled: no field is selected. Name at least one."
    case .fieldAlreadyEncrypted(let name):
      "field not added, \(name): it is encrypted already. Leave it out."
    case .fieldNotEncrypted(let name):
      "field not removed, \(name): it is not encrypted. See the list of encrypted fields."
    case .lastField(let name):
      "field not removed, \(name): nothing would be left to encrypt. Disable encryption instead."
    case .fieldAlreadyTokenized(let name):
      "field not added, \(name): it goes out as a token already. Remove it first to change that."
    case .tokenScopeDiffers(let scope):
      "tokens not changed: those of this destination have the scope `\(scope.rawValue)`, one key for all. "
        + "Remove the tokenized fields first, then add them with the other scope."
    case .keyAlreadyActive(let kid):
      "key not changed, \(kid): it is the active key. Give another one."
    case .keyWasRetired(let kid):
      "key not changed, \(kid): it was retired and does not come back. Make a new one."
    case .keyAlreadyPending(let kid):
      "key not changed, \(kid): it is pending already. Answer its challenge."
    case .noPendingKey: "no key is pending. Rotate to another key first."
    case .onlyKeyPending(let kid):
      "key not withdrawn, \(kid): it is the only one, and encryption is on. Rotate to another key, or "
        + "disable encryption first."
    case .wrongAnswer(let kid):
      "key not confirmed, \(kid): that is not the answer to its challenge. Look whether it is the right "
        + "private key; if that is lost, rotate to another key."
    case .challengeNotMade:
      "key not changed: OpenSSL failed to make its challenge. See that OpenSSL 3 with its default "
        + "provider is installed."
    case .noPrivateKey: "nothing decrypted: no private key was given. Give at least one."
    case .inputFailed(let code):
      "input failed: \(unsafe String(cString: strerror(code))). Check where it is read from."
    case .outputFailed(let code):
      "output failed: \(unsafe String(cString: strerror(code))). Check where it is written to."
    }
  }
}
