import Glibc

/// A terminal that is drawn on as a whole: the other screen, no cursor, keys as they are pressed; given back as it was.
final class Screen {
  private let before: termios
  private var isRestored = false

  /// Nil when standard input or output is no terminal.
  init?() {
    var before = termios()
    guard isatty(STDOUT_FILENO) == 1, unsafe tcgetattr(STDIN_FILENO, &before) == 0 else {
      return nil
    }
    self.before = before
    var raw = before
    // Ctrl-C stays a signal; Ctrl-Z would leave the shell on the other screen.
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
    raw.c_cc.10 = 0  // VSUSP
    guard unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw) == 0 else { return nil }
    write("\u{1B}[?1049h\u{1B}[?25l\u{1B}[2J")
  }

  /// Once more is nothing.
  func restore() {
    guard !isRestored else { return }
    isRestored = true
    write("\u{1B}[?25h\u{1B}[?1049l")
    var before = before
    unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
  }

  deinit { restore() }

  /// As it is now: a window may be resized.
  var size: (columns: Int, rows: Int) {
    var size = winsize()
    guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return (80, 24)
    }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  /// Draws in place; lines beyond the last row are left out.
  func draw(_ lines: [String]) {
    let shown = lines.prefix(max(1, size.rows))
    write("\u{1B}[H" + shown.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n") + "\u{1B}[J")
  }

  /// The key that is pressed within that time; nil without one, or when a signal came.
  func waitForKey(seconds: Int) -> UInt8? {
    var wanted = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&wanted, 1, Int32(seconds * 1000)) > 0 else { return nil }
    var key: UInt8 = 0
    // A terminal that has gone away ends it.
    return unsafe read(STDIN_FILENO, &key, 1) == 1 ? key : UInt8(ascii: "q")
  }

  private func write(_ text: String) { _ = Descriptor.write(text, to: STDOUT_FILENO) }
}
