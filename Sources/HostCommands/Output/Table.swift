/// Rows in columns as wide as they need; where a terminal is too narrow, flexible ones are wrapped.
struct Table {
  struct Column {
    let title: String
    /// May be made narrower; a column that a reader copies from (an id) may not.
    var isFlexible = false
    var isNumber = false

    init(_ title: String, isFlexible: Bool = false, isNumber: Bool = false) {
      self.title = title
      self.isFlexible = isFlexible
      self.isNumber = isNumber
    }
  }

  struct Cell: ExpressibleByStringInterpolation {
    let text: String
    var tint: Painter.Tint?

    init(_ text: String, _ tint: Painter.Tint? = nil) {
      self.text = Printable.text(text)
      self.tint = tint
    }

    init(stringLiteral value: String) { self.init(value) }
  }

  let columns: [Column]
  var rows: [[Cell]] = []

  /// Lines with a line feed at the end of each; `width` nil: nothing is wrapped.
  func text(width: Int?, painter: Painter) -> String {
    let titles = columns.map { Cell($0.title, .bold) }
    let showsTitles = columns.contains { !$0.title.isEmpty }
    let all = (showsTitles ? [titles] : []) + rows
    let widths = widths(of: all, within: width)
    return all.map { line($0, widths, painter, wraps: width != nil) }.joined()
  }

  // MARK: - Widths

  private static let gap = 2
  private static let narrowest = 12

  private func widths(of rows: [[Cell]], within limit: Int?) -> [Int] {
    var widths = columns.indices.map { column in
      rows.map { Printable.columns(of: $0[column].text) }.max() ?? 0
    }
    guard let limit else { return widths }
    var excess = widths.reduce(0, +) + Self.gap * (columns.count - 1) - limit
    while excess > 0, let widest = widestFlexible(widths) {
      widths[widest] -= 1
      excess -= 1
    }
    return widths
  }

  private func widestFlexible(_ widths: [Int]) -> Int? {
    columns.indices.filter { columns[$0].isFlexible && widths[$0] > Self.narrowest }
      .max { widths[$0] < widths[$1] }
  }

  // MARK: - Lines

  private func line(_ row: [Cell], _ widths: [Int], _ painter: Painter, wraps: Bool) -> String {
    let pieces = columns.indices.map { column in
      wraps && columns[column].isFlexible
        ? Wrapping.lines(of: row[column].text, width: widths[column]) : [row[column].text]
    }
    let height = pieces.map(\.count).max() ?? 0
    return (0..<height).map { index in
      let cells = columns.indices.map { column in
        let text = index < pieces[column].count ? pieces[column][index] : ""
        return padded(text, column, widths[column], painter.paint(text, row[column].tint))
      }
      return trimmed(cells.joined(separator: "  ")) + "\n"
    }.joined()
  }

  private func padded(_ text: String, _ column: Int, _ width: Int, _ painted: String) -> String {
    let padding = String(repeating: " ", count: max(0, width - Printable.columns(of: text)))
    return columns[column].isNumber ? padding + painted : painted + padding
  }

  private func trimmed(_ line: String) -> String {
    var line = line
    while line.last == " " { line.removeLast() }
    return line
  }
}

extension Table {
  /// Names and values, one pair a line.
  static func pairs(_ pairs: [(name: String, value: Cell)]) -> Table {
    Table(
      columns: [Column(""), Column("", isFlexible: true)],
      rows: pairs.map { [Cell($0.name, .dim), $0.value] })
  }
}
