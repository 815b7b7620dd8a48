internal import Cryptography
import Glibc
import Synchronization

/// Where a command writes: data on standard output, everything else on standard error.
///
/// Any thread; each text is written whole before the next.
final class Console: Sendable {
  let isQuiet: Bool
  let output: Terminal
  let errors: Terminal
  private let state = Mutex(State())

  private struct State {
    var outputFailure: Int32?
    var hasProgress = false
  }

  init(environment: Environment, isQuiet: Bool) {
    self.isQuiet = isQuiet
    output = Terminal(descriptor: STDOUT_FILENO, environment: environment)
    errors = Terminal(descriptor: STDERR_FILENO, environment: environment)
  }

  /// Why standard output took no more: an errno; EPIPE when its reader has gone.
  var outputFailure: Int32? { state.withLock { $0.outputFailure } }

  // MARK: - Data

  /// Writes data to standard output; a failure is kept for the end, and the rest is dropped.
  func data(_ text: String) {
    state.withLock { state in
      guard state.outputFailure == nil else { return }
      state.outputFailure = Descriptor.write(text, to: output.descriptor)
    }
  }

  func data(_ table: Table) {
    data(table.text(width: output.width, painter: output.painter))
  }

  /// Writes a secret to standard output from where it is, so that no copy of it is left.
  func secret(_ bytes: borrowing SecretBytes) {
    bytes.withBytes { bytes in
      state.withLock { state in
        guard state.outputFailure == nil else { return }
        state.outputFailure = Descriptor.write(bytes, to: output.descriptor)
      }
    }
  }

  func data(_ json: JSONText) { data(json.document) }

  /// Says that a write past this console to standard output failed.
  func outputFailed(_ code: Int32) {
    state.withLock { $0.outputFailure = $0.outputFailure ?? code }
  }

  // MARK: - Everything else

  /// Tells what was done; silent under `--quiet`.
  func note(_ text: String) {
    guard !isQuiet else { return }
    say(text)
  }

  func note(_ table: Table) {
    guard !isQuiet else { return }
    let text = table.text(width: errors.width, painter: errors.painter)
    _ = state.withLock { _ in Descriptor.write(text, to: errors.descriptor) }
  }

  func warning(_ text: String) { say(errors.painter.paint("warning:", .yellow) + " " + text) }

  func error(_ text: String) { say(errors.painter.paint("error:", .red) + " " + text) }

  /// Replaces the progress line; nothing unless standard error is a terminal.
  func progress(_ text: String) {
    guard !isQuiet, let width = errors.width else { return }
    state.withLock { state in
      state.hasProgress = true
      _ = Descriptor.write("\r\u{1B}[K" + text.prefix(width - 1), to: errors.descriptor)
    }
  }

  private func say(_ text: String) { line(text + "\n") }

  /// Writes to standard error what is whole with its line feed.
  func line(_ text: String) {
    state.withLock { state in
      let erase = state.hasProgress ? "\r\u{1B}[K" : ""
      state.hasProgress = false
      _ = Descriptor.write(erase + text, to: errors.descriptor)
    }
  }
}
