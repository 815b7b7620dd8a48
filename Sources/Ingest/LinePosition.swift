/// How far an input of lines was read.
package struct LinePosition: Sendable, Equatable {
  package var bytes: Int
  package var lines: Int

  package init(bytes: Int, lines: Int) {
    self.bytes = bytes
    self.lines = lines
  }

  package static let start = LinePosition(bytes: 0, lines: 0)
}

extension LineBlock {
  /// Behind the block's last line.
  package var end: LinePosition {
    LinePosition(
      bytes: readOffset,
      lines: max(oversize.last?.lineNumber ?? 0, firstLineNumber + bufferedLines - 1))
  }

  /// Lines that stand in the buffer, those too long to be events included.
  private var bufferedLines: Int { lineCount - oversize.count { $0.lineNumber < firstLineNumber } }
}
