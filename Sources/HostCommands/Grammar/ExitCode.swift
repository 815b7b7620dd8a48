/// The number a command ends with: 0, 1, 2, or one of sysexits(3).
struct ExitCode: RawRepresentable, Hashable, Sendable {
  let rawValue: Int32

  static let done = ExitCode(rawValue: 0)
  /// The answer is no: verification failed, a value could not be decrypted.
  static let no = ExitCode(rawValue: 1)
  static let wrongUsage = ExitCode(rawValue: 2)
  static let badData = ExitCode(rawValue: 65)
  static let noInput = ExitCode(rawValue: 66)
  static let unavailable = ExitCode(rawValue: 69)
  static let internalFault = ExitCode(rawValue: 70)
  static let cannotCreate = ExitCode(rawValue: 73)
  static let inputOutput = ExitCode(rawValue: 74)
  /// Try again later: accepted events wait undelivered, or another process holds the workspace.
  static let tryAgain = ExitCode(rawValue: 75)
  static let notPermitted = ExitCode(rawValue: 77)
  static let configuration = ExitCode(rawValue: 78)

  /// What help prints.
  static let meanings: [(code: ExitCode, meaning: String)] = [
    (done, "done"),
    (no, "the answer is no: not sound, not decrypted, not all held"),
    (wrongUsage, "wrong usage"),
    (badData, "the input is wrong"),
    (noInput, "there is no such input"),
    (unavailable, "an adapter could not be started"),
    (internalFault, "a fault of the program"),
    (cannotCreate, "a file could not be made"),
    (inputOutput, "reading or writing failed, or accepted events were lost with a damaged queue"),
    (tryAgain, "accepted events are still undelivered, or the workspace is busy"),
    (notPermitted, "not permitted, not logged in, not eligible"),
    (configuration, "the workspace or its configuration is wrong"),
  ]
}
