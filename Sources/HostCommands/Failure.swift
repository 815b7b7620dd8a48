internal import Cryptography
internal import FieldEncryption

/// What is printed for a thrown error, and the exit code it ends the process with.
struct Failure {
  let text: String
  let code: ExitCode

  init(_ error: any Error) {
    text = Printable.text("\(error)")
    code = Self.code(of: error)
  }

  private static func code(of error: any Error) -> ExitCode {
    switch error {
    case let error as CommandError: error.code
    case let error as CryptographyError: code(of: error)
    case let error as FileError: code(of: error.cause)
    case let error as FieldEncryptionError: code(of: error)
    default: .internalFault
    }
  }

  private static func code(of error: FieldEncryptionError) -> ExitCode {
    switch error {
    case .inputFailed, .outputFailed: .inputOutput
    case .noPrivateKey: .wrongUsage
    default: .configuration
    }
  }

  private static func code(of error: CryptographyError) -> ExitCode {
    switch error {
    case .fileExists: .cannotCreate
    case .fileFailed(_, "create", _): .cannotCreate
    case .fileFailed(_, "open", _): .noInput
    case .fileFailed: .inputOutput
    case .openToOthers: .notPermitted
    case .decryptionFailed: .no
    case .invalidParameter, .libraryFailed: .internalFault
    default: .badData
    }
  }
}
