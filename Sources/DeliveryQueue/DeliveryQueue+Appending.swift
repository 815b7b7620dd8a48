internal import Synchronization

// What is to be delivered, onto the disk, by the one thread that makes it durable.
extension DeliveryQueue {
  /// Appends a block; it is durable, and given out, only after ``sync()``.
  ///
  /// Throws `full`, `diskFull`, `blockTooLong` or `fileFailed`, and nothing of the block is kept then.
  /// - Returns: whether the queue also keeps the block in memory, which is the block's own then.
  @discardableResult
  package func append(_ block: EventBlock) throws(QueueError) -> Bool {
    guard !block.isEmpty else { return false }
    return try writer.withLock { (writer) throws(QueueError) in
      try makeRoom(for: block, &writer)
      let sequence = ledger.withLock { $0.appendedEnd }
      let time = settings.now()
      do throws(QueueError) {
        try writer?.append(block, sequence: sequence, time: time)
      } catch {
        if case .diskFull = error { try leaveRoom(&writer) }
        throw error
      }
      return note(block, sequence, time, size: writer?.size ?? 0)
    }
  }

  /// The segment may be what fills the disk: ended, it goes as soon as all in it is settled.
  private func leaveRoom(_ writer: inout SegmentWriter?) throws(QueueError) {
    if let size = writer?.size, size > SegmentHeader.length { try finishSegment(&writer) }
    try removeSpare()
  }

  private func note(_ block: EventBlock, _ sequence: UInt64, _ time: Int64, size: Int) -> Bool {
    // Little in large memory would keep all of that: it is copied.
    let isRoomy = block.capacityInBytes > 2 * block.sizeInBytes
    let copy = isRoomy ? block.copied() : block
    let sequences = sequence..<sequence + UInt64(block.events.count)
    return ledger.withLock { ledger in
      ledger.appendedEnd = sequences.upperBound
      let last = ledger.segments.count - 1
      let first = ledger.segments[last].sequences.lowerBound
      ledger.segments[last].sequences = first..<sequences.upperBound
      ledger.segments[last].size = size
      let isKept = ledger.keep(
        .init(
          sequences: sequences, block: copy, segmentFirst: first, endOffset: size,
          appendedUnixMilliseconds: time), limit: settings.memoryBytes)
      return isKept && !isRoomy
    }
  }

  /// Sees that there is a segment to append to, and that the queue may grow by the block.
  private func makeRoom(
    for block: EventBlock, _ writer: inout SegmentWriter?
  ) throws(QueueError) {
    let length = SegmentWriter.length(of: block)
    var isFull = !ledger.withLock { $0.bytes + length <= settings.maximumBytes }
    let longest = ledger.withLock { ledger in
      ledger.bytes < settings.segmentBytes ? settings.shortSegmentBytes : settings.segmentBytes
    }
    let isLong = (writer?.size ?? 0) >= longest
    if isLong || isFull && ledger.withLock({ $0.waiting == 0 }) {
      try finishSegment(&writer)
      isFull = !ledger.withLock { $0.bytes + length <= settings.maximumBytes || $0.bytes == 0 }
    }
    guard !isFull else { throw .full(folder: folder, maximumBytes: settings.maximumBytes) }
    if writer == nil { writer = try newSegment() }
  }

  private func newSegment() throws(QueueError) -> SegmentWriter {
    let first = ledger.withLock { $0.appendedEnd }
    // One without events has the name that this one is to get.
    if ledger.withLock({ $0.segments.last?.sequences.isEmpty == true }) { try removeDone() }
    let writer = try newWriter(from: first)
    let segment = QueueSegment(
      path: writer.path, sequences: first..<first, size: writer.size,
      firstUnixMilliseconds: settings.now(), isActive: true)
    ledger.withLock { $0.segments.append(segment) }
    return writer
  }

  /// Into the spare file, or a new one: also when the spare one that is there cannot be used.
  private func newWriter(from first: UInt64) throws(QueueError) -> SegmentWriter {
    if let spare = ledger.withLock({ $0.takeSpare() }),
      let writer = try? SegmentWriter(
        folder: folder, firstSequence: first, over: spare, key: key, settings, disk)
    {
      return writer
    }
    return try SegmentWriter(
      folder: folder, firstSequence: first, key: key, settings, disk)
  }

  /// No more is appended to the present segment; when all in it is settled, it goes.
  func finishSegment(_ writer: inout SegmentWriter?) throws(QueueError) {
    guard writer != nil else { return }
    do throws(QueueError) {
      try sync(&writer)
    } catch {
      ledger.withLock { $0.untoldFailure = error }
      throw error
    }
    writer = nil
    ledger.withLock { ledger in
      for index in ledger.segments.indices { ledger.segments[index].isActive = false }
    }
    try removeDone()
  }

  /// Returns when everything that was appended is on the disk.
  ///
  /// When it throws, what was appended since the last time is not kept: the source was not told, and sends it again.
  package func sync() throws(QueueError) {
    try writer.withLock { (writer) throws(QueueError) in
      if let failure = ledger.withLock({ $0.takeUntoldFailure() }) {
        if writer != nil { abandon(&writer) }
        throw failure
      }
      try sync(&writer)
    }
  }

  func sync(_ writer: inout SegmentWriter?) throws(QueueError) {
    do throws(QueueError) {
      try writer?.sync()
      ledger.withLock { $0.durableEnd = $0.appendedEnd }
    } catch {
      abandon(&writer)
      throw error
    }
  }

  /// After a failed sync nobody knows what the disk has, and asking again would say yes: the segment ends before it.
  private func abandon(_ writer: inout SegmentWriter?) {
    let hasRecords = writer?.cutBack() ?? false
    let size = writer?.size ?? 0
    writer = nil
    let empty = ledger.withLock { ledger -> QueueSegment? in
      let last = ledger.segments.count - 1
      let kept = ledger.segments[last].sequences.lowerBound..<ledger.durableEnd
      ledger.segments[last].sequences = kept
      ledger.segments[last].size = size
      ledger.segments[last].isActive = false
      ledger.forgetRecent(from: ledger.durableEnd)
      ledger.settled.insert(ledger.durableEnd..<ledger.appendedEnd)
      ledger.durableEnd = ledger.appendedEnd
      return hasRecords ? nil : ledger.segments.removeLast()
    }
    if let empty { try? disk.remove(empty.path) }
  }
}
