import Foundation
import Glibc
import Testing

@testable import DeliveryQueue

/// A process that appends and delivers at once, killed at random moments: small segments, so that files go round all the time.
@Suite struct KilledQueueTests {
  private static let isNightly = ProcessInfo.processInfo.environment["SEALPOST_NIGHTLY"] != nil
  private let test = TestQueue()
  private let logs: Logs

  init() {
    test.segmentBytes = 6_000
    test.memoryBytes = 1_500
    logs = Logs(prefix: test.folder + "-log")
  }

  /// What a process told before it was killed: numbers of events, which the kernel keeps.
  private struct Logs {
    let prefix: String

    /// A file of numbers that only grows.
    func open(_ name: String) -> Int32 {
      unsafe Glibc.open("\(prefix)-\(name)", O_RDWR | O_CREAT | O_APPEND, 0o600)
    }

    func numbers(_ name: String) throws -> [UInt64] {
      let path = "\(prefix)-\(name)"
      guard FileManager.default.fileExists(atPath: path) else { return [] }
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      return stride(from: 0, to: bytes.count / 8 * 8, by: 8).map { bytes.number(at: $0) }
    }

    func remove() {
      for name in ["begun", "durable", "delivered", "noted"] { unsafe unlink("\(prefix)-\(name)") }
    }
  }

  private static func note(_ number: UInt64, in log: Int32) {
    var number = number.littleEndian
    let written = unsafe write(log, &number, 8)
    precondition(written == 8)
  }

  /// One life: a thread appends from the first number on that no life began with, this one delivers.
  private static func live(_ folder: String, _ prefix: String) throws -> Never {
    let test = TestQueue(at: folder)
    test.segmentBytes = 6_000
    test.memoryBytes = 1_500
    let logs = Logs(prefix: prefix)
    let first = Int(try logs.numbers("begun").last ?? 0) + 1
    let queue = try test.open()
    let (begun, durable) = (logs.open("begun"), logs.open("durable"))
    Thread.detachNewThread {
      usleep(.random(in: 1_000..<60_000))
      kill(getpid(), SIGKILL)
    }
    Thread.detachNewThread {
      for number in first... {
        // Not too far ahead, so that segments are done with.
        while queue.state.waiting > 12 { usleep(50) }
        note(UInt64(number), in: begun)
        guard (try? queue.append(number..<number + 1, more: .random(in: 0..<900))) != nil else {
          exit(1)
        }
        note(UInt64(number), in: durable)
      }
    }
    let (delivered, noted) = (logs.open("delivered"), logs.open("noted"))
    while true {
      guard let queued = try queue.next() else { continue }
      for (index, event) in queued.block.events.enumerated()
      where queued.settled?.contains(index) != true {
        note(UInt64(event.receivedUnixNanoseconds), in: delivered)
      }
      try queue.settle(queued.sequences)
      for event in queued.block.events { note(UInt64(event.receivedUnixNanoseconds), in: noted) }
    }
  }

  @Test
  func `no durable event is missing, none that was noted comes again, nothing is called lost`()
    async throws
  {
    defer { logs.remove() }
    var noted: Set<UInt64> = []
    let rounds = Self.isNightly ? 1_000 : 30
    var spares = 0
    for round in 0..<rounds {
      let before = try logs.numbers("delivered").count
      let (folder, prefix) = (test.folder, logs.prefix)
      await #expect(processExitsWith: .signal(SIGKILL)) {
        [folder = folder as String, prefix = prefix as String] in
        try Self.live(folder, prefix)
      }
      if try !test.files(".spare").isEmpty { spares += 1 }
      let delivered = try logs.numbers("delivered")
      #expect(noted.isDisjoint(with: delivered.dropFirst(before)), "round \(round)")
      noted = Set(try logs.numbers("noted"))
    }
    let queue = try test.open()
    #expect(queue.state.lostEvents == 0)
    let left = try queue.drain().map { UInt64($0) }
    #expect(noted.isDisjoint(with: left))
    let durable = try logs.numbers("durable")
    #expect(durable.count > 100, "it was at work when it was killed")
    #expect(Set(durable).subtracting(try logs.numbers("delivered")).subtracting(left).isEmpty)
    #expect(spares > 0, "files went round")
    #expect(try test.files(".damaged").count <= rounds)
    try queue.close()
    #expect(try test.files(".segment").isEmpty && test.files(".spare").isEmpty)
  }
}
