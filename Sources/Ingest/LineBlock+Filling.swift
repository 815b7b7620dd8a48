// A block that is filled from memory: events that came in a request, not as lines of an input.
extension LineBlock {
  /// Makes it empty; the events that ``append(_:)`` adds count from 1.
  package mutating func removeAll() {
    count = 0
    firstLineNumber = 1
    lineCount = 0
    oversize.removeAll(keepingCapacity: true)
    longestLine = LineBlock.limit
    readOffset = 0
  }

  /// Bytes that are free.
  package var room: Int { bytes.count - count }

  /// Adds one event as the next line; of one beyond ``limit`` only the length is noted, as a reader of lines does.
  ///
  /// A line feed in it can only be white space between JSON's tokens, or an error; it becomes a carriage return, which
  /// is the same in both places.
  ///
  /// - Returns: false when it does not fit any more; nothing of it is kept then.
  package mutating func append(_ event: RawSpan) -> Bool {
    // Of an event that is too long so much is kept that it still shows.
    let kept = min(event.byteCount, longestLine + 1)
    guard count + kept + 1 <= bytes.count else { return false }
    copy(event.extracting(0..<kept))
    bytes[count] = 0x0A
    count += 1
    lineCount += 1
    if event.byteCount > longestLine { note(tooLong: event.byteCount) }
    return true
  }

  /// Adds an event that was too long to be taken over: a line of which only the length is known.
  ///
  /// - Returns: false when the block is full.
  package mutating func append(tooLong length: Int) -> Bool {
    let kept = longestLine + 1
    guard count + kept + 1 <= bytes.count else { return false }
    for index in count..<count + kept { bytes[index] = 0x20 }
    count += kept
    bytes[count] = 0x0A
    count += 1
    lineCount += 1
    note(tooLong: length)
    return true
  }

  private mutating func note(tooLong length: Int) {
    oversize.append(OversizeLine(lineNumber: lineCount, length: length))
  }

  private mutating func copy(_ event: RawSpan) {
    let (start, end) = (count, count + event.byteCount)
    unsafe bytes.withUnsafeMutableBytes { buffer in
      unsafe event.withUnsafeBytes {
        unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[start..<end]).copyMemory(from: $0)
      }
    }
    count = end
    var place = start
    while let found = lineEnd(from: place) {
      bytes[found] = 0x0D
      place = found + 1
    }
  }
}
