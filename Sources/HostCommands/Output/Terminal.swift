import Glibc

/// What is at the other end of a descriptor.
struct Terminal: Sendable {
  let descriptor: Int32
  /// Columns; nil when it is not a terminal.
  let width: Int?
  let painter: Painter

  init(descriptor: Int32, environment: Environment) {
    self.descriptor = descriptor
    let isTerminal = isatty(descriptor) == 1
    width = isTerminal ? Self.columns(of: descriptor) : nil
    painter = Painter(
      isOn: isTerminal && environment["NO_COLOR"] == nil && environment["TERM"] != "dumb")
  }

  var isTerminal: Bool { width != nil }

  private static func columns(of descriptor: Int32) -> Int {
    var size = winsize()
    guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}
