internal import AdapterAuthoring
internal import AdapterLoading
internal import AuditLog
internal import Cryptography
internal import DeliveryQueue
internal import DestinationHost
internal import Eligibility
internal import FieldEncryption
internal import HTTPListener
internal import Ingest
internal import KafkaClient
internal import Privacy
internal import Workspace

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
    case let error as AuthoringError: code(of: error)
    case let error as CryptographyError: code(of: error)
    case let error as FileError: code(of: error.cause)
    case let error as FieldEncryptionError: code(of: error)
    case let error as WorkspaceError: code(of: error)
    case let error as AuditError: code(of: error)
    case is HostError, is LoadError, is PrivacyError, is EligibilityError: .configuration
    case let error as ConversationError: error == .stranger ? .notPermitted : .unavailable
    case is ListenerError: .unavailable
    case is TLSError: .configuration
    case is IngestError, is QueueError: .inputOutput
    case let error as KafkaError: code(of: error)
    default: .internalFault
    }
  }

  private static func code(of error: KafkaError) -> ExitCode {
    switch error {
    case .badAddress: .wrongUsage
    case .badProperties: .configuration
    case .noLibrary, .notStarted, .failed: .unavailable
    }
  }

  private static func code(of error: WorkspaceError) -> ExitCode {
    switch error {
    case .noSuchFolder, .notAWorkspace, .notAFolder: .noInput
    case .ownerDiffers, .openToOthers, .unwritable, .refused, .configuredElsewhere: .notPermitted
    case .alreadyThere, .snapshotPlaceTaken: .cannotCreate
    case .hostRunning: .tryAgain
    case .fileFailed: .inputOutput
    case .badName, .badOwner, .badDestinationID, .badSettingName, .badRetention, .badFingerprint:
      .wrongUsage
    case .access(let error): code(of: error)
    case .cryptography(let error): code(of: error)
    case .encryption(let error): code(of: error)
    case .audit(let error), .outcomeNotRecorded(let error): code(of: error)
    default: .configuration
    }
  }

  private static func code(of error: AuthoringError) -> ExitCode {
    switch error {
    case .unreadable: .configuration
    case .badFile: .badData
    case .badName, .badProduct, .noPackage, .noSuchTest, .badScript: .wrongUsage
    case .alreadyThere, .cannotWrite: .cannotCreate
    }
  }

  private static func code(of error: AccessError) -> ExitCode {
    switch error {
    case .badEmail, .badPassword, .badLifetime, .badTimeout: .wrongUsage
    case .noSuchUser, .userExists, .ownerFirst, .lastOwner, .noSuchToken: .configuration
    default: .notPermitted
    }
  }

  private static func code(of error: AuditError) -> ExitCode {
    switch error {
    case .tampered, .missing, .replaced, .rolledBack, .keyUnknown, .keyMissing, .keyUnusable,
      .keyInPlace:
      .configuration
    case .notACheckpoint, .notAPublicKey: .badData
    case .recordTooLong: .wrongUsage
    case .cannotOpen, .cannotWrite, .notDurable: .inputOutput
    }
  }

  private static func code(of error: FieldEncryptionError) -> ExitCode {
    switch error {
    case .inputFailed, .outputFailed: .inputOutput
    case .noPrivateKey: .wrongUsage
    case .wrongAnswer: .no
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
