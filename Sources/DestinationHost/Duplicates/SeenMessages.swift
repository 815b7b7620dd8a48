internal import DeliveryQueue

/// The ids of the last 24 hours, so that a `messageId` that comes again is dropped; bounded in memory.
///
/// Ids are kept in generations of a quarter of an hour (or of a 64th of the bound, if that comes first). A generation is
/// forgotten when its last id is older than 24 hours, or when the bound is reached: the oldest first. An id is noted on
/// the disk only after its event is durable: a crash may let a duplicate through, and loses none. Used by one thread.
struct SeenMessages {
  /// Bounds: ids, and for how long.
  struct Limits: Sendable {
    var identifiers = 8_000_000
    var time = Duration.seconds(24 * 3600)
    var generation = Duration.seconds(900)
  }

  private struct Generation {
    var number: UInt16
    let started: Int64
    /// When its last id came.
    var ended: Int64
    var count = 0
  }

  /// As many memory accesses as a processor has under way at once, about.
  private static let lookedForTogether = 16

  private let limits: Limits
  private let files: SeenMessageFiles
  /// Milliseconds since 1970; a step backwards is not taken.
  private let clock: () -> Int64
  private var now: Int64 = 0
  private var generations: [Generation] = []
  private var table = DigestTable(live: 1...1)
  private var lastNumber: UInt16 = 0
  /// What was added since ``keep()``.
  private var unsaved: [MessageDigest] = []
  /// Ids that had to be forgotten before their time.
  private(set) var forgottenEarly = 0

  /// Reads what earlier runs noted, unless told not to; a file that cannot be read is left out: then duplicates may come through.
  init(
    folder: String, limits: Limits = Limits(), readsOld: Bool = true, firstNumber: UInt16 = 1,
    clock: @escaping () -> Int64 = WallClock.milliseconds
  ) {
    lastNumber = firstNumber - 1
    self.limits = limits
    self.clock = clock
    files = SeenMessageFiles(folder: folder)
    tick()
    if readsOld { for file in files.all() { load(file) } }
  }

  /// Remembers it; false when it was there already.
  mutating func insert(_ digest: MessageDigest) -> Bool {
    tick()
    return add(digest)
  }

  /// Remembers those of a block's events, which came at one time.
  ///
  /// - Returns: the places of those that were there already.
  mutating func insert(_ digests: [MessageDigest?]) -> Set<Int32> {
    tick()
    var known: Set<Int32> = []
    for start in stride(from: 0, to: digests.count, by: Self.lookedForTogether) {
      let places = start..<min(start + Self.lookedForTogether, digests.count)
      table.look(for: digests[places])
      for place in places {
        if let digest = digests[place], !add(digest) { known.insert(Int32(place)) }
      }
    }
    return known
  }

  private mutating func add(_ digest: MessageDigest) -> Bool {
    let current = currentGeneration()
    guard table.insert(digest, generation: generations[current].number) else { return false }
    generations[current].count += 1
    count += 1
    generations[current].ended = now
    unsaved.append(digest)
    makeRoom()
    return true
  }

  /// Notes on the disk what came since the last time: to be called when its events are durable there.
  ///
  /// - Returns: why it could not be noted; the run goes on, and after it duplicates may come through.
  mutating func keep() -> String? {
    defer { unsaved.removeAll(keepingCapacity: true) }
    guard !unsaved.isEmpty, let last = generations.last else { return nil }
    return files.append(unsaved, to: last.started)
  }

  /// In bytes.
  var size: Int { table.size }
  /// Ids that are remembered.
  private(set) var count = 0

  // MARK: - Generations

  private mutating func tick() { now = max(now, clock()) }

  private mutating func currentGeneration() -> Int {
    let length = limits.generation / .milliseconds(1)
    if let last = generations.last, Double(now - last.started) < length,
      last.count < max(1, limits.identifiers / 64)
    {
      return generations.count - 1
    }
    dropExpired()
    // A file is named by its generation's start, so no two may share one.
    begin(at: max(now, (generations.last?.started ?? 0) + 1))
    return generations.count - 1
  }

  private mutating func begin(at start: Int64) {
    if lastNumber == .max { renumber() }
    lastNumber += 1
    generations.append(Generation(number: lastNumber, started: start, ended: start))
    setLive()
  }

  /// Numbers begin again at 1, so that no old generation is taken for a new one.
  private mutating func renumber() {
    table.renumber()
    for index in generations.indices { generations[index].number = UInt16(index + 1) }
    lastNumber = UInt16(generations.count)
  }

  private mutating func setLive() {
    guard let first = generations.first, let last = generations.last else { return }
    table.live = first.number...last.number
  }

  private mutating func dropExpired() {
    let time = Int64(limits.time / .milliseconds(1))
    while let first = generations.first, now - first.ended > time { dropFirst() }
  }

  /// Forgets the oldest; the present generation stays, so the bound is at least a 64th.
  private mutating func makeRoom() {
    while count > limits.identifiers, generations.count > 1 {
      forgottenEarly += generations[0].count
      dropFirst()
    }
  }

  private mutating func dropFirst() {
    let first = generations.removeFirst()
    count -= first.count
    files.remove(first.started)
    setLive()
  }

  // MARK: - Earlier runs

  private mutating func load(_ file: SeenMessageFiles.File) {
    guard now - file.ended <= Int64(limits.time / .milliseconds(1)) else {
      return files.remove(file.started)
    }
    // One of a clock that went wrong counts from now.
    begin(at: file.started)
    let index = generations.count - 1
    generations[index].ended = min(file.ended, now)
    for digest in files.digests(of: file)
    where table.insert(digest, generation: generations[index].number) {
      generations[index].count += 1
      count += 1
    }
    makeRoom()
  }
}
