internal import Cryptography
internal import Workspace
import Glibc

/// A password from a file of its owner's, or from whoever sits at the terminal.
enum Passwords {
  static let file = Option.value(
    "password-file", "F", "File of mode 0600 with the password (default: asked on a terminal)")

  /// A password that is known already.
  static func known(_ invocation: Invocation, _ option: Option, _ question: String) throws
    -> SecretBytes
  {
    try fromFile(invocation, option) ?? asked(invocation, option, question)
  }

  /// What is to be kept of a new password; on a terminal it is asked for twice.
  static func record(_ invocation: Invocation, for email: String) throws -> PasswordRecord {
    let password = try new(invocation, for: email)
    return try PasswordRecord(hashing: password)
  }

  private static func new(_ invocation: Invocation, for email: String) throws -> SecretBytes {
    if let password = try fromFile(invocation, file) { return password }
    let first = try asked(invocation, file, "New password of \(Printable.short(email)): ")
    let second = try asked(invocation, file, "Once more: ")
    let isSame = first.withBytes { left in
      second.withBytes { constantTimeEqual(left, $0) }
    }
    guard isSame else {
      throw CommandError.usage(
        "password", invocation.command.name, "the two differ", "Run the command again.")
    }
    return first
  }

  private static func fromFile(
    _ invocation: Invocation, _ option: Option
  ) throws -> SecretBytes? {
    guard let path = invocation.arguments[option] else { return nil }
    var password = try SecretBytes(readingFile: path)
    password.dropTrailingNewlines()
    return password
  }

  private static func asked(
    _ invocation: Invocation, _ option: Option, _ question: String
  ) throws -> SecretBytes {
    guard let password = try Prompt.secret(question, console: invocation.console) else {
      throw CommandError.usage(
        option.typed, invocation.command.name, "there is no terminal to ask at",
        "Name a file of mode 0600 with the password: \(option.usage)")
    }
    return password
  }
}

extension Prompt {
  /// Asks on the terminal and reads a line that is not shown; nil when nobody can be asked.
  static func secret(_ question: String, console: Console) throws -> SecretBytes? {
    guard isatty(STDIN_FILENO) == 1, console.errors.isTerminal else { return nil }
    var shown = termios()
    guard unsafe tcgetattr(STDIN_FILENO, &shown) == 0 else { return nil }
    var hidden = shown
    hidden.c_lflag &= ~tcflag_t(ECHO)
    guard unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) == 0 else { return nil }
    defer {
      unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown)
      _ = Descriptor.write("\n", to: console.errors.descriptor)
    }
    _ = Descriptor.write(question, to: console.errors.descriptor)
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while unsafe read(STDIN_FILENO, &byte, 1) == 1, byte != UInt8(ascii: "\n"), line.count < 4096 {
      line.append(byte)
    }
    return SecretBytes(moving: &line)
  }
}

/// A token in a file of its holder's.
enum TokenFile {
  static func read(_ path: String) throws -> [UInt8] {
    let secret = try SecretBytes(readingFile: path)
    // Longer ones are none; what is read stays in this process.
    return secret.withBytes { bytes in
      unsafe bytes.withUnsafeBytes { unsafe Array($0.prefix(256)) }
    }
  }
}
