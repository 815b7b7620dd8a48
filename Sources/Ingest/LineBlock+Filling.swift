// A block that is filled from memory: events that came in a request, not as lines of an input.
extension LineBlock {
  /// Makes it empty; the events that ``append(_:)`` adds count from 1.
  package mutating func removeAll() {
    count = 0
    firstLineNumber = 1
    lineCount = 0
    oversize.removeAll(keepingCapacity: true)
    readOffset = 0
  }

  /// Adds one event as the next line; of one beyond ``limit`` only the length is noted, as a reader of lines does.
  ///
  /// A line feed in it can only be white space between JSON's tokens, or an error; it becomes a carriage return, which
  /// is the same in both places.
  ///
  /// - Returns: false when it does not fit any more; nothing of it is kept then.
  package mutating func append(_ event: RawSpan) -> Bool {
    // Of an event that is too long so much is kept that it still shows.
    let kept = min(event.byteCount, LineBlock.limit + 1)
    guard count + kept + 1 <= bytes.count else { return false }
    for offset in 0..<kept {
      let byte = unsafe event.unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
      bytes[count + offset] = byte == 0x0A ? 0x0D : byte
    }
    count += kept
    bytes[count] = 0x0A
    count += 1
    lineCount += 1
    if event.byteCount > LineBlock.limit {
      oversize.append(OversizeLine(lineNumber: lineCount, length: event.byteCount))
    }
    return true
  }
}
