/// Comma-separated values as RFC 4180 has them.
enum CSV {
  /// Lines that end in CR LF; the first is the titles.
  static func text(_ titles: [String], _ rows: [[String]]) -> String {
    ([titles] + rows).map(line).joined()
  }

  /// One line with its CR LF.
  static func line(_ cells: [String]) -> String { cells.map(cell).joined(separator: ",") + "\r\n" }

  /// A cell that a spreadsheet would take for a formula gets an apostrophe before it.
  private static func cell(_ text: String) -> String {
    let guarded =
      text.unicodeScalars.first.map { "=+-@\t\r".unicodeScalars.contains($0) } == true
      ? "'" + text : text
    guard guarded.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else {
      return guarded
    }
    return "\"" + guarded.replacing("\"", with: "\"\"") + "\""
  }
}
