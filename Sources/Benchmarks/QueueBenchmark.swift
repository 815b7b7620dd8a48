import Cryptography
import DeliveryQueue
import Foundation
import Glibc

/// The durable queue alone, against what the same disk does without it.
enum QueueBenchmark {
  /// Events of 1 KB, 256 of them in a block.
  private static let block = QueueBenchmark.block(events: 256, length: 1024)
  private static let blockBytes = 256 * 1024

  /// Rounds of so many blocks and one sync, in turns with plain writes of as many bytes and one sync.
  static func append() throws -> Measurement {
    let folder = try Folder()
    let blocks = 16
    let groups = 8
    let queue = try open(folder.path + "/queue")
    let plain = try PlainFile(folder.path + "/plain", chunk: blockBytes)
    let seconds = try Turns.medians(
      of: 25,
      {
        try Stopwatch.seconds {
          for _ in 0..<groups {
            for _ in 0..<blocks { try queue.append(block) }
            try queue.sync()
          }
        }
      },
      against: {
        try Stopwatch.seconds { for _ in 0..<groups { try plain.write(chunks: blocks) } }
      })
    let bytes = Double(blocks * groups * blockBytes)
    return Measurement(
      "queue-append", seconds.second / seconds.first, "ratio", atLeast: 0.7,
      note:
        "\(Int(bytes / seconds.first) >> 20) MB/s sealed and durable; write and fdatasync alone "
        + "\(Int(bytes / seconds.second) >> 20) MB/s; \(blocks) blocks of 256 KB for each sync")
  }

  /// Opening finds every record by its header; that each is whole shows when it is taken.
  static func recovery() throws -> [Measurement] {
    let folder = try Folder()
    let path = folder.path + "/queue"
    try fill(path, bytes: 1 << 30)
    var opening: [Double] = []
    var taking: [Double] = []
    for _ in 0..<3 {
      try forgetCached(path)
      var queue: DeliveryQueue?
      opening.append(try Stopwatch.seconds { queue = try open(path) })
      precondition(queue?.state.waiting == 1 << 20, "every event waits")
      taking.append(try Stopwatch.seconds { try takeAll(queue!) })
    }
    let (start, all) = (Turns.median(opening), Turns.median(opening) + Turns.median(taking))
    return [
      Measurement(
        "queue-recovery", all, "s", atMost: 5,
        note:
          "1 GB that waits and is in no cache: opened, and every record read, checked and opened"),
      Measurement(
        "queue-recovery-opening", start, "s", atMost: 5,
        note: "the same until the first event may be taken: every header, and the last record"),
    ]
  }

  /// Takes what waits, and settles nothing.
  private static func takeAll(_ queue: DeliveryQueue) throws {
    var events = 0
    while let queued = try queue.next() { events += queued.block.events.count }
    precondition(events == 1 << 20, "every event came back")
  }

  /// Has the kernel forget what it keeps in memory of a folder's files.
  private static func forgetCached(_ folder: String) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      let file = unsafe Glibc.open("\(folder)/\(name)", O_RDONLY)
      defer { close(file) }
      precondition(fdatasync(file) == 0 && posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED) == 0)
    }
  }

  /// Resident memory of a process of its own, which fills a queue and then empties it.
  static func backlog() throws -> Measurement {
    let gigabytes = ProcessInfo.processInfo.environment["QUEUE_GIGABYTES"].flatMap { Int($0) } ?? 2
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = [BacklogRun.argument, "\(gigabytes)"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let answer = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    precondition(process.terminationStatus == 0, "every event came back")
    let kilobytes = Int(String(decoding: answer, as: UTF8.self).split(separator: "\n")[0]) ?? .max
    return Measurement(
      "queue-memory", Double(kilobytes) / 1024, "MB", atMost: 200,
      note: "\(gigabytes) GB queued, then delivered (QUEUE_GIGABYTES=10 for the long form)")
  }

  static func fill(_ folder: String, bytes: Int) throws {
    let queue = try open(folder)
    for _ in 0..<bytes / blockBytes / 16 {
      for _ in 0..<16 { try queue.append(block) }
      try queue.sync()
    }
  }

  static func open(_ folder: String) throws -> DeliveryQueue {
    try DeliveryQueue(
      folder: folder, key: SecretBytes(count: 32), settings: QueueSettings(name: "benchmark"))
  }

  private static func block(events: Int, length: Int) -> EventBlock {
    let json = [UInt8](repeating: UInt8(ascii: "x"), count: length - 1)
    var block = EventBlock()
    for number in 0..<events {
      block.events.append(
        QueuedEvent(
          offset: block.bytes.count, length: json.count, idOffset: block.bytes.count, idLength: 8,
          type: 2, user: UInt64(number), receivedUnixNanoseconds: 0))
      block.bytes += json + [0x0A]
    }
    return block
  }
}

/// A process that fills a queue, empties it, and says how much memory that took.
enum BacklogRun {
  static let argument = "__backlog-run"

  /// Does so when this process was started for it, and then never returns.
  static func runIfRequested() {
    let arguments = CommandLine.arguments
    guard arguments.count == 3, arguments[1] == argument, let gigabytes = Int(arguments[2]) else {
      return
    }
    do {
      let folder = try Folder()
      try QueueBenchmark.fill(folder.path + "/queue", bytes: gigabytes << 30)
      let queue = try QueueBenchmark.open(folder.path + "/queue")
      var events = 0
      while let queued = try queue.next() {
        events += queued.sequences.count
        try queue.settle(queued.sequences)
      }
      precondition(events == gigabytes << 20, "every event came back")
      print(try PathRun.peak())
      try queue.close()
      folder.remove()
      exit(0)
    } catch {
      FileHandle.standardError.write(Data("error: \(error)\n".utf8))
      exit(70)
    }
  }
}

/// A folder that goes when nobody holds it any more.
final class Folder {
  let path = FileManager.default.temporaryDirectory
    .appendingPathComponent("sealpost-benchmark-\(UUID().uuidString)").path

  init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { remove() }

  func remove() { try? FileManager.default.removeItem(atPath: path) }
}

/// Writes and fdatasync with nothing else, as fast as the disk takes them.
private struct PlainFile {
  private let descriptor: Int32
  private let chunk: [UInt8]

  init(_ path: String, chunk: Int) throws {
    descriptor = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    self.chunk = (0..<chunk).map { UInt8(truncatingIfNeeded: $0 &* 167) }
  }

  func write(chunks: Int) throws {
    for _ in 0..<chunks {
      let written = unsafe chunk.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      precondition(written == chunk.count)
    }
    precondition(fdatasync(descriptor) == 0)
  }
}
