import Cryptography
import Workbench

@testable import DeliveryQueue

/// The lives of one queue, one after the other, and what each one who used it was told.
final class SimulatedLives {
  private struct Taken {
    var sequences: Range<UInt64>
    var events: [(number: UInt64, event: Int)]
  }

  private var random: SeededGenerator
  private let disk: SimulatedDisk
  private(set) var faults: [String] = []

  /// The events of which a sync returned, and those that somebody began to settle.
  private var durable: Set<Int> = []
  private var settling: Set<Int> = []
  /// Of those the ones whose note was written, and the ones whose note is on the disk.
  private var noted: Set<Int> = []
  private var checkpointed: Set<Int> = []
  /// Which event was given out under a number.
  private var events: [UInt64: Int] = [:]
  private var nextEvent = 0

  // Of the present life.
  private var queue: DeliveryQueue?
  private var appended: [Int] = []
  private var taken: [Taken] = []
  private var given: Set<Int> = []
  private var gone: Set<Int> = []
  private var lastGiven: UInt64?
  private var mayFail = false
  private var isKilled = false
  private var isFailing = false
  private var isToFail = false

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    disk = SimulatedDisk(seed: seed &+ 1 << 32)
  }

  func run() {
    for _ in 0..<2 + random.below(4) where faults.isEmpty {
      live()
      die()
    }
    guard faults.isEmpty else { return }
    end()
  }

  // MARK: - A life

  private func open() throws -> DeliveryQueue {
    var settings = QueueSettings(name: "simulated", now: { 1_000 })
    settings.segmentBytes = 3_000
    settings.memoryBytes = random.pick([0, 2_000])
    var key = [UInt8](repeating: 7, count: 32)
    return try DeliveryQueue(
      folder: "/queue", key: SecretBytes(moving: &key), settings: settings, disk: disk)
  }

  private func begin(_ queue: DeliveryQueue) {
    self.queue = queue
    (appended, taken, given, lastGiven) = ([], [], [], nil)
    expect(queue.state.lostEvents == 0, "\(queue.state.lostEvents) events are called lost")
    let damage = queue.takeDamage()
    // What was never told to be there may lie about; a first note may have been torn.
    let known: [QueueDamage.Kind] =
      [.tornTail, .unreadableSegment, .damagedRecord] + (events.isEmpty ? [.lostCursor] : [])
    expect(damage.allSatisfy { known.contains($0.kind) && $0.events == 0 }, "\(damage)")
    expect(!disk.paths.contains { $0.hasSuffix(".spare") } || mayFail, "a spare one after opening")
  }

  private func live() {
    let start = disk.calls
    let length = 20 + random.below(200)
    isKilled = random.below(3) == 0
    isFailing = random.below(3) > 0
    isToFail = isFailing
    disk.end(at: start + length, tearing: !isKilled)
    mayFail = true
    while disk.calls < start + length, faults.isEmpty {
      if let queue {
        step(queue)
      } else {
        // Once a life, perhaps while the queue is opened.
        if isToFail { disk.fail([disk.calls + 1 + random.below(length)]) }
        isToFail = false
        if let queue = try? open() { begin(queue) }
      }
    }
  }

  private func step(_ queue: DeliveryQueue) {
    switch random.below(20) {
    case 0..<5: append(queue)
    case 5..<9: sync(queue)
    case 9..<13: take(queue)
    case 13..<17: settle(queue)
    case 17: checkpoint(queue)
    case 18 where random.below(3) == 0: for _ in 0..<2 { checkpoint(queue) }
    case 19 where random.below(8) == 0: close(queue)
    default: break
    }
  }

  private func die() {
    queue = nil
    if isKilled { disk.kill() } else { disk.losePower() }
    leave(isKilled && !isFailing)
  }

  /// - Parameter keepsNotes: whether what was noted is read again: not what a write that failed tore.
  private func leave(_ keepsNotes: Bool) {
    queue = nil
    if !keepsNotes { noted = checkpointed }
    gone = noted
  }

  /// All that is owed comes, and then nothing is left.
  private func end() {
    mayFail = false
    do {
      let queue = try open()
      begin(queue)
      while let _ = take(queue) {}
      expect(
        queue.state.lostEvents == 0, "\(queue.state.lostEvents) events are called lost at last")
      let owed = durable.subtracting(settling).subtracting(given)
      expect(owed.isEmpty, "\(owed.sorted()) are lost")
      while !taken.isEmpty { settle(queue) }
      try queue.close()
      expect(!disk.paths.contains { $0.hasSuffix(".segment") || $0.hasSuffix(".spare") }, "left")
    } catch {
      expect(false, "the queue does not open: \(error)")
    }
  }

  // MARK: - What is done

  private func append(_ queue: DeliveryQueue) {
    let numbers = nextEvent..<nextEvent + 1 + random.below(3)
    nextEvent = numbers.upperBound
    let block = TestQueue.block(numbers, more: random.pick([0, 10, 300, 900]))
    if (try? queue.append(block)) != nil { appended += numbers }
  }

  private func sync(_ queue: DeliveryQueue) {
    if (try? queue.sync()) != nil { durable.formUnion(appended) }
    appended = []
  }

  @discardableResult
  private func take(_ queue: DeliveryQueue) -> QueuedBlock? {
    guard let found = try? queue.next() else { return nil }
    var unsettled: [(UInt64, Int)] = []
    for (index, queued) in found.block.events.enumerated() {
      let (number, event) = (
        found.sequences.lowerBound + UInt64(index), Int(queued.receivedUnixNanoseconds)
      )
      expect(events[number] ?? event == event, "number \(number) is used twice")
      events[number] = event
      guard found.settled?.contains(index) != true else { continue }
      expect(!gone.contains(event), "\(event) was done with, and comes again")
      expect(given.insert(event).inserted, "\(event) comes twice")
      expect(lastGiven ?? 0 <= number, "out of order")
      lastGiven = number
      unsettled.append((number, event))
    }
    if !unsettled.isEmpty { taken.append(Taken(sequences: found.sequences, events: unsettled)) }
    return found
  }

  private func settle(_ queue: DeliveryQueue) {
    guard !taken.isEmpty else { return }
    let index = random.below(random.pick([1, taken.count]))
    var some = taken.remove(at: index)
    if some.events.count > 1, random.below(3) == 0 {
      let last = some.events.removeLast()
      taken.append(Taken(sequences: some.sequences, events: [last]))
    }
    settling.formUnion(some.events.map(\.event))
    for (number, event) in some.events {
      if (try? queue.settle(number..<number + 1)) != nil { noted.insert(event) }
    }
  }

  private func checkpoint(_ queue: DeliveryQueue) {
    let before = noted
    if (try? queue.checkpoint()) != nil { checkpointed.formUnion(before) }
  }

  private func close(_ queue: DeliveryQueue) {
    defer { disk.fail([]) }
    if (try? queue.close()) != nil { checkpointed.formUnion(noted) }
    leave(!isFailing)
  }

  private func expect(_ isTrue: Bool, _ fault: @autoclosure () -> String) {
    if !isTrue { faults.append(fault()) }
  }
}
