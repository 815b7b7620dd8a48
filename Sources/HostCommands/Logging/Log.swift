import Synchronization

/// What a host says on standard error while it runs: text on a terminal, else one JSON document a line; any thread.
final class Log: Sendable {
  enum Form: String, CaseIterable, Sendable {
    case text, json
  }

  /// The least level that is written.
  let level: LogLevel
  let form: Form
  private let console: Console
  private let limit = Mutex(LogLimit())
  private let leftOut = Atomic<Int>(0)

  init(_ console: Console, level: LogLevel, form: Form) {
    self.console = console
    self.level = level
    self.form = form
  }

  /// Lines that were not written, since there were too many of their kind.
  var suppressedLines: Int { leftOut.load(ordering: .relaxed) }

  func write(_ entry: LogEntry) {
    guard entry.level >= level else { return }
    guard let before = limit.withLock({ $0.admit(entry.kind, at: .now) }) else {
      leftOut.add(1, ordering: .relaxed)
      return
    }
    put(entry, suppressed: before)
  }

  /// Says what was left out and not told yet.
  func finish() {
    for suppressed in limit.withLock({ $0.takeSuppressed() }) {
      put(
        LogEntry(
          .warning, "log_suppressed",
          "\(Count.of(suppressed.lines, "more line")) like this: \(suppressed.kind)",
          ["kind": .string(suppressed.kind)]), suppressed: suppressed.lines)
    }
  }

  /// Replaces the line of progress on a terminal.
  func progress(_ text: String) { if form == .text { console.progress(text) } }

  private func put(_ entry: LogEntry, suppressed: Int) {
    var entry = entry
    if suppressed > 0 { entry.fields.append((name: "suppressed", value: .integer(suppressed))) }
    switch form {
    case .json: console.line(entry.json(at: Calendar.preciseNow()).line)
    case .text:
      let text = Printable.text(entry.message)
      switch entry.level {
      case .debug, .info: console.line(text + "\n")
      case .warning: console.warning(text)
      case .error: console.error(text)
      }
    }
  }
}
