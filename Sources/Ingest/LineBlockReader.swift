internal import Glibc

/// Reads lines from a descriptor, a block at a time: a file, a pipe, a terminal.
///
/// A source that gives little is not waited for: as soon as one whole line is there, a block is handed out. A line
/// beyond ``LineBlock/limit`` is skipped in constant memory. Used by one thread; blocks in `read`.
package struct LineBlockReader: ~Copyable {
  private let descriptor: Int32
  private let shouldStop: @Sendable () -> Bool
  /// The start of a line whose end has not been read.
  private var carried: [UInt8] = []
  /// How much of a line that is too long has been skipped; nil when none is being skipped.
  private var skipped: Int?
  private var nextLineNumber = 1
  private var readOffset = 0
  private var isAtEnd = false
  private let endsLastLine: Bool

  /// Reads from an open descriptor, which stays the caller's to close.
  ///
  /// - Parameters:
  ///   - position: where the descriptor stands: behind that many bytes and lines of the input.
  ///   - shouldStop: asked while nothing comes, five times a second, and before each read; when it says yes,
  ///     the input counts as ended, and the start of a line whose end was not read is left out.
  ///   - endsLastLine: whether the input's end is that of its last line; else the start of a line is left out there too,
  ///     as more of it may be written later.
  package init(
    descriptor: Int32, from position: LinePosition = .start,
    endsLastLine: Bool = true, shouldStop: @escaping @Sendable () -> Bool = { false }
  ) {
    self.endsLastLine = endsLastLine
    self.descriptor = descriptor
    self.shouldStop = shouldStop
    readOffset = position.bytes
    nextLineNumber = position.lines + 1
  }

  /// Fills the block with the next lines.
  ///
  /// - Returns: false at the end of the input; the block is then empty.
  package mutating func next(into block: inout LineBlock) throws(IngestError) -> Bool {
    start(&block)
    while block.lineCount == 0 {
      guard try fill(&block) else { return finish(&block) }
      skipLongLine(&block)
      cutAtLastLine(&block)
    }
    // Behind the block's last line stand the start of the next, or what is skipped of it.
    block.readOffset = readOffset - carried.count - (skipped ?? 0)
    return true
  }

  private mutating func start(_ block: inout LineBlock) {
    block.firstLineNumber = nextLineNumber
    block.lineCount = 0
    block.oversize.removeAll(keepingCapacity: true)
    block.replaceStart(carried)
    carried.removeAll(keepingCapacity: true)
  }

  /// Reads once behind what the block holds; false at the end of the input.
  private mutating func fill(_ block: inout LineBlock) throws(IngestError) -> Bool {
    while !isAtEnd, !shouldStop() {
      guard isReadable else { continue }
      let got = block.read(from: descriptor)
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw .readFailed(code: errno) }
      readOffset += got
      isAtEnd = got == 0
      return got > 0
    }
    return false
  }

  /// Waits a fifth of a second at most; a descriptor that cannot be waited for (a file) is always readable.
  private var isReadable: Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    let answer = unsafe poll(&request, 1, 200)
    // After a signal nothing is known, and `read` might wait: `shouldStop` is asked first.
    return answer > 0 || (answer < 0 && errno != EINTR)
  }

  /// The last line may lack its line end.
  private mutating func finish(_ block: inout LineBlock) -> Bool {
    block.readOffset = readOffset
    if !isAtEnd || !endsLastLine {
      block.readOffset -= block.count + (skipped ?? 0)
      block.count = 0
    } else if let skipped {
      tell(&block, length: skipped)
      self.skipped = nil
    } else if block.count > 0 {
      takeLines(&block, to: block.count)
    }
    return block.lineCount > 0
  }
}

// MARK: - Lines

extension LineBlockReader {
  /// While a line is being skipped, drops everything up to its end.
  private mutating func skipLongLine(_ block: inout LineBlock) {
    guard let skipped else { return }
    guard let end = block.lineEnd(from: 0) else {
      self.skipped = skipped + block.count
      return block.count = 0
    }
    tell(&block, length: skipped + end)
    self.skipped = nil
    block.removeFirst(end + 1)
  }

  /// Keeps the whole lines, and carries the start of the next over to the next block.
  private mutating func cutAtLastLine(_ block: inout LineBlock) {
    guard skipped == nil else { return }
    let end = block.lastLineEnd.map { $0 + 1 } ?? 0
    let rest = block.count - end
    if rest > LineBlock.limit {
      skipped = rest
    } else if block.lineCount > 0 || end > 0 {
      carried = block.copy(end..<block.count)
    } else {
      // Not one whole line yet: it stays in the block, and reading goes on behind it.
      return
    }
    takeLines(&block, to: end)
  }

  /// The block's first `end` bytes are its lines.
  private mutating func takeLines(_ block: inout LineBlock, to end: Int) {
    block.count = end
    let lines = block.lineLengths(firstNumber: nextLineNumber)
    nextLineNumber += lines.count
    block.lineCount += lines.count
    block.oversize += lines.oversize
  }

  /// Counts a line that was skipped; it stands before the lines in the block's buffer.
  private mutating func tell(_ block: inout LineBlock, length: Int) {
    block.oversize.append(.init(lineNumber: nextLineNumber, length: length))
    block.lineCount += 1
    nextLineNumber += 1
    block.firstLineNumber = nextLineNumber
  }
}
