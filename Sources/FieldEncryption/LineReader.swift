internal import Glibc

/// Reads lines from a descriptor in large blocks; a line beyond the limit comes in pieces.
struct LineReader: ~Copyable {
  struct Piece {
    enum Kind { case line, startOfLongLine, moreOfLongLine }

    let kind: Kind
    /// In ``buffer``, until the next call; with the line feed, if there is one.
    let range: Range<Int>
  }

  private(set) var buffer = [UInt8](repeating: 0, count: 256 << 10)
  private let descriptor: Int32
  private let longestLine: Int
  private var start = 0
  private var searched = 0
  private var end = 0
  private var isInLongLine = false
  private var isAtEnd = false

  init(descriptor: Int32, longestLine: Int) {
    self.descriptor = descriptor
    self.longestLine = longestLine
  }

  /// The next line or piece, nil at the end of the input; blocks.
  mutating func next() throws(FieldEncryptionError) -> Piece? {
    while true {
      let lineFeed = unsafe buffer.span.bytes.extracting(0..<end)
        .offset(of: UInt8(ascii: "\n"), from: searched)
      if let lineFeed { return piece(to: lineFeed + 1, endsLine: true) }
      searched = end
      if isAtEnd { return start < end ? piece(to: end, endsLine: true) : nil }
      if start < end, isInLongLine || end - start > longestLine {
        return piece(to: end, endsLine: false)
      }
      try fill()
    }
  }

  private mutating func piece(to stop: Int, endsLine: Bool) -> Piece {
    let range = start..<stop
    let isLong = !endsLine || range.count - 1 > longestLine
    let kind: Piece.Kind =
      isInLongLine ? .moreOfLongLine : isLong ? .startOfLongLine : .line
    isInLongLine = !endsLine
    start = stop
    searched = stop
    return Piece(kind: kind, range: range)
  }

  private mutating func fill() throws(FieldEncryptionError) {
    if start > 0 {
      let length = end - start
      unsafe buffer.withUnsafeMutableBytes { bytes in
        unsafe bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
      }
      (start, searched, end) = (0, length, length)
    }
    if end == buffer.count {
      buffer.append(contentsOf: repeatElement(0, count: buffer.count))
    }
    while true {
      let got = unsafe buffer.withUnsafeMutableBytes { bytes in
        unsafe read(descriptor, bytes.baseAddress! + end, bytes.count - end)
      }
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw .inputFailed(code: errno) }
      end += got
      isAtEnd = got == 0
      return
    }
  }
}
