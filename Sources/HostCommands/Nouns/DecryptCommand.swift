internal import AuditLog
internal import Cryptography
internal import FieldEncryption
import Glibc
internal import Workspace

/// `decrypt`: for the data owner, offline; needs no workspace.
enum DecryptCommand {
  private static let key = Option.repeated(
    "key", "F", "Private key in PEM; give older ones as well", isRequired: true)
  private static let passphraseFile = Option.value(
    "passphrase-file", "F", "File with the passphrase of the keys that have one")
  private static let file = Operand(
    "FILE", "JSON lines (default: standard input)", isOptional: true)

  private static let fields = Option.value(
    "fields", "A,B,C", "Open only values under these keys, or in these columns (default: all)")
  private static let csv = Option.flag(
    "csv", "The input is comma-separated values (default for a file that ends in .csv)")

  static let noun = Noun(name: "decrypt", summary: "Opening what was sealed", commands: [command])

  private static let command = Command(
    path: ["decrypt"], summary: "Decrypt JSON lines with the data owner's private keys",
    access: .everyone,
    details: [
      """
      Every string value that is sealed is opened, in either format; every other byte goes to \
      standard output as it was. A value that was not a string gets its own type back when it was \
      sealed as JWE. Counts go to standard error. With a workspace that is named (--workspace, \
      SEALPOST_WORKSPACE), values that did not open are recorded in its audit log.
      """
    ],
    operands: [file], options: [key, passphraseFile, fields, csv],
    examples: [
      .init("sealpost decrypt --key private.pem < delivered.ndjson", "decrypt a stream"),
      .init(
        "sealpost decrypt --key private.pem --key older.pem delivered.ndjson",
        "decrypt a file whose key was rotated"),
      .init(
        "sealpost decrypt --key private.pem --fields email export.csv",
        "decrypt one column of an export"),
    ],
    exitCodes: [
      (.done, "every sealed value was opened"),
      (.no, "some value could not be decrypted and was left as it is"),
      (.badData, "some line was not JSON and was passed on as it is"),
    ],
    run: run)

  private static func run(_ invocation: Invocation) throws -> ExitCode {
    let arguments = invocation.arguments
    let keys = try arguments.all(key).map {
      try PrivateKeyFile.read($0, passphraseFile: arguments[passphraseFile])
    }
    let input = try InputFile.open(arguments[file])
    defer { input.close() }
    if isatty(input.descriptor) == 1 {
      invocation.console.note("Reading JSON lines from the terminal; Ctrl-D ends them.")
    }
    let summary = try decrypt(invocation, input, keys)
    tell(summary, invocation.console)
    if summary.failed > 0 { record(summary.failed, invocation) }
    if summary.failed > 0 || summary.tooLong > 0 { return .no }
    return summary.notJSON > 0 ? .badData : .done
  }

  private static func decrypt(
    _ invocation: Invocation, _ input: InputFile, _ keys: [RSAPrivateKey]
  ) throws -> DecryptionSummary {
    let arguments = invocation.arguments
    let names = arguments[fields]?.split(separator: ",").map(String.init)
    let output = invocation.console.output.descriptor
    let progress = DecryptProgress(invocation.console, size: input.size)
    let isCSV = arguments.has(csv) || arguments[file]?.lowercased().hasSuffix(".csv") == true
    return isCSV
      ? try Decryption.decryptCSV(
        from: input.descriptor, to: output, keys: keys, fields: names, progress: progress.tell)
      : try Decryption.decryptStream(
        from: input.descriptor, to: output, keys: keys, fields: names, progress: progress.tell)
  }

  /// That values were refused is in the log of the workspace that was named; the data owner elsewhere names none.
  private static func record(_ values: Int, _ invocation: Invocation) {
    guard
      invocation.arguments.isGiven(.workspace)
        || invocation.environment["SEALPOST_WORKSPACE"] != nil
    else { return }
    do {
      try invocation.recordingWorkspace().record(
        .decryptRefused, object: "decrypt", outcome: .denied,
        changes: [AuditChange(setting: "values", old: "", new: "\(values)")])
    } catch {
      invocation.console.warning("that values were refused is not in the log: \(error)")
    }
  }

  private static func tell(_ summary: DecryptionSummary, _ console: Console) {
    console.note(
      "\(Count.of(summary.lines, "line")) read, \(Count.of(summary.opened, "value")) decrypted")
    if summary.failed > 0 {
      console.warning(
        "\(Count.of(summary.failed, "value")) \(Decryption.failureText) "
          + "and stay as they are. Give every key that was in force with --key.")
    }
    if summary.notJSON > 0 {
      console.warning("\(Count.of(summary.notJSON, "line")) not JSON, passed on as they are.")
    }
    if summary.tooLong > 0 {
      console.warning("\(Count.of(summary.tooLong, "line")) too long to read, passed on unread.")
    }
  }
}

/// The progress line of a decryption; only on a terminal.
private struct DecryptProgress {
  private let console: Console
  private let size: Int?

  init(_ console: Console, size: Int?) {
    self.console = console
    self.size = size
  }

  func tell(_ bytes: Int) {
    let part = size.map { $0 > 0 ? ", \(min(100, bytes * 100 / $0)) %" : "" } ?? ""
    console.progress("\(Count.grouped(bytes >> 20)) MiB read\(part)")
  }
}
