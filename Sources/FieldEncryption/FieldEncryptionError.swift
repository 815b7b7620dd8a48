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
  case keyAlreadyActive(kid: String)
  case keyWasRetired(kid: String)
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
    case .keyAlreadyActive(let kid):
      "key not changed, \(kid): it is the active key. Give another one."
    case .keyWasRetired(let kid):
      "key not changed, \(kid): it was retired and does not come back. Make a new one."
    case .noPrivateKey: "nothing decrypted: no private key was given. Give at least one."
    case .inputFailed(let code):
      "input failed: \(unsafe String(cString: strerror(code))). Check where it is read from."
    case .outputFailed(let code):
      "output failed: \(unsafe String(cString: strerror(code))). Check where it is written to."
    }
  }
}
