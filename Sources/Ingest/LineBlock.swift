internal import Glibc

/// Some whole lines of the input, read at once; its memory is used again for the next ones.
package struct LineBlock: ~Copyable {
  /// Longest event in bytes, as the Segment spec has it (32 KB); a longer line is no event.
  package static var limit: Int { 32 * 1024 }

  /// A line beyond the limit; its bytes were not kept.
  package struct OversizeLine: Sendable, Equatable {
    /// Counted from 1.
    package let lineNumber: Int
    /// In bytes, without the line end.
    package let length: Int
  }

  /// The buffer; lines stand in its first ``count`` bytes, each ended by a line feed but perhaps the input's last.
  var bytes: [UInt8]
  package internal(set) var count = 0
  /// Number of the first line in the buffer, from 1.
  package internal(set) var firstLineNumber = 1
  /// Longest line that is given out; more than ``limit`` only for events that their source has written on.
  package var longestLine = LineBlock.limit
  /// Lines in the buffer, and those that were skipped because of their length.
  package internal(set) var lineCount = 0
  package internal(set) var oversize: [OversizeLine] = []
  /// How many bytes of the input stand before the end of this block's last line, its line end included.
  package internal(set) var readOffset = 0

  package init(capacity: Int = 256 * 1024) {
    bytes = [UInt8](repeating: 0, count: max(capacity, 2 * LineBlock.limit))
  }

  /// Gives each line and its number to `body`, without its line end; oversize lines are left out.
  @inline(__always)
  package func forEachLine(_ body: (RawSpan, Int) -> Void) {
    var start = 0
    var number = firstLineNumber
    while start < count {
      let end = lineEnd(from: start) ?? count
      if end - start <= longestLine {
        unsafe body(bytes.span.bytes.extracting(content(start, end, number)), number)
      }
      start = end + 1
      number += 1
    }
  }

  /// Where the first line feed from `start` on stands.
  @inline(__always)
  func lineEnd(from start: Int) -> Int? {
    unsafe bytes.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress, start < count,
        let found = unsafe memchr(base + start, 0x0A, count - start)
      else { return nil }
      return unsafe UnsafeRawPointer(found) - base
    }
  }

  /// The line without a carriage return at its end, and without a byte order mark at the start of the input.
  @inline(__always)
  private func content(_ start: Int, _ end: Int, _ number: Int) -> Range<Int> {
    let end = end > start && bytes[end - 1] == 0x0D ? end - 1 : end
    let isMarked =
      number == 1 && start == 0 && end >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB
      && bytes[2] == 0xBF
    return (isMarked ? 3 : start)..<end
  }
}
