/// What a queue holds and what of it is settled: numbers only, changed under one lock, for a moment each time.
struct QueueLedger: Sendable {
  /// A block that is also in memory, and where the one after it stands in its segment.
  struct Recent: Sendable {
    let sequences: Range<UInt64>
    fileprivate(set) var block: EventBlock
    let segmentFirst: UInt64
    let endOffset: Int
    let appendedUnixMilliseconds: Int64
  }

  /// In the order of their events.
  var segments: [QueueSegment]
  var settled: SequenceSet
  /// Behind the last event that is surely on the disk.
  var durableEnd: UInt64
  /// Where that was when it was noted last.
  var notedEnd: UInt64
  /// Behind the last event that was appended.
  var appendedEnd: UInt64
  /// Where that was at the last checkpoint.
  private var checkpointEnd: UInt64 = 0
  private(set) var recent: [Recent] = []
  private var recentStart = 0
  private(set) var recentBytes = 0
  /// A file to write over.
  var spare: SpareSegment?
  var damage: [QueueDamage] = []
  /// Events that were lost with damaged records.
  var lostEvents = 0
  /// Why a sync failed that ended a segment while a block was appended: blocks before it are not kept either, which
  /// the next sync has to say.
  var untoldFailure: QueueError?

  init(segments: [QueueSegment], settled: SequenceSet, end: UInt64) {
    self.segments = segments
    self.settled = settled
    durableEnd = end
    notedEnd = end
    appendedEnd = end
  }

  var bytes: Int { segments.reduce(0) { $0 + $1.size } }

  /// Events that are durable and not settled.
  var waiting: Int { Int(durableEnd) - settled.count(in: 0..<durableEnd) }

  func isDone(_ segment: QueueSegment) -> Bool {
    settled.count(in: segment.sequences) == segment.sequences.count
  }

  /// The first segment that has an event from `number` on, and is there to be read: behind a sync that failed the next
  /// one may have nothing yet that is durable.
  func segment(from number: UInt64) -> QueueSegment? {
    segments.first {
      $0.sequences.upperBound > number && $0.sequences.lowerBound < durableEnd
    }
  }

  /// Makes it stay on the disk when it is done, as it has bytes that could be read by nobody yet; false when it is gone.
  mutating func keep(_ segment: QueueSegment) -> Bool {
    guard let index = segments.firstIndex(where: { $0.path == segment.path }) else { return false }
    segments[index].isKept = true
    return true
  }

  /// Takes the segments out that are done and get no further records.
  mutating func takeDone() -> [QueueSegment] {
    let done = segments.filter { !$0.isActive && isDone($0) }
    let paths = Set(done.map(\.path))
    segments.removeAll { paths.contains($0.path) }
    return done
  }

  mutating func takeSpare() -> SpareSegment? {
    defer { spare = nil }
    return spare
  }

  mutating func takeUntoldFailure() -> QueueError? {
    defer { untoldFailure = nil }
    return untoldFailure
  }

  /// Whether nothing was appended since this was asked last.
  mutating func isResting() -> Bool {
    defer { checkpointEnd = appendedEnd }
    return checkpointEnd == appendedEnd
  }

  // MARK: - In memory

  /// - Returns: false when that would be more than the limit.
  mutating func keep(_ new: Recent, limit: Int) -> Bool {
    let size = new.block.sizeInBytes
    guard recentBytes + size <= limit else { return false }
    recent.append(new)
    recentBytes += size
    return true
  }

  /// The block of the next event, when it is in memory.
  mutating func takeRecent(from next: UInt64) -> Recent? {
    while recentStart < recent.count, recent[recentStart].sequences.lowerBound < next {
      dropFirst()
    }
    guard recentStart < recent.count, recent[recentStart].sequences.lowerBound == next else {
      return nil
    }
    return dropFirst()
  }

  mutating func forgetRecent(from number: UInt64) {
    while let last = recent.last, recent.count > recentStart,
      last.sequences.lowerBound >= number
    {
      recentBytes -= last.block.sizeInBytes
      recent.removeLast()
    }
  }

  @discardableResult private mutating func dropFirst() -> Recent {
    let first = recent[recentStart]
    // Its place goes later, together with others; its memory is not kept for as long.
    recent[recentStart].block = EventBlock()
    recentBytes -= first.block.sizeInBytes
    recentStart += 1
    if recentStart == recent.count {
      recent.removeAll(keepingCapacity: true)
      recentStart = 0
    } else if recentStart > 64 {
      recent.removeFirst(recentStart)
      recentStart = 0
    }
    return first
  }
}
