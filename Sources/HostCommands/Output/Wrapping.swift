/// Breaks text into lines at spaces; a word longer than a line is cut.
enum Wrapping {
  static func lines(of text: String, width: Int) -> [String] {
    let width = max(width, 8)
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ", omittingEmptySubsequences: true) {
      let needed = Printable.columns(of: line) + 1 + Printable.columns(of: String(word))
      if line.isEmpty {
        line = String(word)
      } else if needed <= width {
        line += " " + word
      } else {
        lines.append(line)
        line = String(word)
      }
      while Printable.columns(of: line) > width { lines.append(cut(&line, at: width)) }
    }
    return line.isEmpty && !lines.isEmpty ? lines : lines + [line]
  }

  private static func cut(_ line: inout String, at width: Int) -> String {
    var head = ""
    var used = 0
    while let first = line.first {
      let columns = Printable.columns(of: String(first))
      guard used + columns <= width else { break }
      head.append(line.removeFirst())
      used += columns
    }
    return head
  }
}
