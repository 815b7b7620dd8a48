import Foundation
import Testing

@testable import DeliveryQueue

/// Random lives of a queue on a disk that dies in every way: what was acknowledged is given out until it is settled, what
/// was settled and is on the disk does not come again, no number is used twice, and nothing is called lost.
@Suite struct QueueSimulationTests {
  private static let seeds: Range<UInt64> =
    ProcessInfo.processInfo.environment["SEALPOST_NIGHTLY"] == nil ? 0..<150 : 0..<5_000
  /// Lives that were once faulty.
  private static let found: [UInt64] = [598, 1372, 3597]

  @Test func `whatever dies, what was acknowledged is delivered, and what is done with is not`() {
    for seed in Array(Self.seeds) + Self.found {
      let lives = SimulatedLives(seed: seed)
      lives.run()
      #expect(lives.faults.isEmpty, "seed \(seed): \(lives.faults)")
    }
  }

  @Test func `a note whose sync failed is written once more before it is called synced`() throws {
    for seed in 0..<40 as Range<UInt64> {
      let disk = SimulatedDisk(seed: seed)
      var note = try DurableNote(path: "/queue/note", disk: disk)
      try note.write([1])
      try note.sync()
      try note.write([2])
      disk.fail([disk.calls + 1])
      #expect(throws: QueueError.self) { try note.sync() }
      try note.sync()
      disk.losePower()
      #expect(try DurableNote(path: "/queue/note", disk: disk).found == [2], "seed \(seed)")
    }
  }

  @Test func `a note that a killed process did not sync is on the disk before the next is written`()
    throws
  {
    for seed in 0..<40 as Range<UInt64> {
      let disk = SimulatedDisk(seed: seed)
      do {
        var note = try DurableNote(path: "/queue/note", disk: disk)
        for text in [1, 2] as [UInt8] {
          try note.write([text])
          try note.sync()
        }
        try note.write([3])
      }
      disk.kill()
      var note = try DurableNote(path: "/queue/note", disk: disk)
      #expect(note.found == [3])
      disk.end(at: disk.calls + 1, tearing: true)
      #expect(throws: QueueError.self) { try note.write([UInt8](repeating: 4, count: 4_000)) }
      disk.losePower()
      #expect(try DurableNote(path: "/queue/note", disk: disk).found == [3], "seed \(seed)")
    }
  }

  @Test func `a disk that does not give a note once is asked once more`() throws {
    let disk = FaultyDisk()
    let path = FileManager.default.temporaryDirectory.path + "/note-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    do {
      var note = try DurableNote(path: path, disk: disk)
      try note.write([1])
      try note.sync()
    }
    for call in 2...3 {
      let disk = FaultyDisk(.onceAt(call))
      #expect(try DurableNote(path: path, disk: disk).found == [1])
    }
  }
}
