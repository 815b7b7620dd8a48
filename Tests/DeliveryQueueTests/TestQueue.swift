import Cryptography
import DeliveryQueue
import Foundation

/// A queue in a folder of its own, opened as often as a test likes.
final class TestQueue {
  let folder: String
  private var isOwner = true
  var maximumBytes = 1 << 30
  var segmentBytes = 64 << 20
  var memoryBytes = 4 << 20
  var key = [UInt8](repeating: 7, count: 32)
  var name = "test"
  var now: @Sendable () -> Int64 = { 1_000_000 }

  init(in parent: String? = nil) {
    let parent = parent ?? FileManager.default.temporaryDirectory.path
    folder = parent + "/queue-\(UUID().uuidString)"
  }

  /// The folder of another process's test, which also removes it.
  init(at folder: String) {
    self.folder = folder
    isOwner = false
  }

  deinit { if isOwner { try? FileManager.default.removeItem(atPath: folder) } }

  func open(_ disk: any QueueDisk = SystemDisk()) throws -> DeliveryQueue {
    var settings = QueueSettings(name: name, now: now)
    settings.maximumBytes = maximumBytes
    settings.segmentBytes = segmentBytes
    settings.memoryBytes = memoryBytes
    var bytes = key
    return try DeliveryQueue(
      folder: folder, key: SecretBytes(moving: &bytes), settings: settings, disk: disk)
  }

  /// The files of the folder whose names end so, sorted.
  func files(_ suffix: String = ".segment") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(suffix) }
      .sorted().map { "\(folder)/\($0)" }
  }

  /// `{"n":…}` for each number, with some bytes more.
  static func block(_ numbers: Range<Int>, more: Int = 0) -> EventBlock {
    var block = EventBlock()
    for number in numbers {
      let json = #"{"messageId":"m-\#(number)","x":"\#(String(repeating: "x", count: more))"}"#
      let start = block.bytes.count
      block.bytes += Array(json.utf8)
      block.bytes.append(0x0A)
      block.events.append(
        QueuedEvent(
          offset: start, length: json.utf8.count, idOffset: start + 14,
          idLength: "m-\(number)".utf8.count, type: 2, user: UInt64(number % 7),
          receivedUnixNanoseconds: Int64(number)))
    }
    return block
  }
}

extension DeliveryQueue {
  func append(_ numbers: Range<Int>, more: Int = 0) throws {
    try append(TestQueue.block(numbers, more: more))
    try sync()
  }

  /// Takes all there is, and settles it when `settles`; the events' numbers.
  func drain(settles: Bool = true) throws -> [Int] {
    var numbers: [Int] = []
    while let queued = try next() {
      for (index, event) in queued.block.events.enumerated()
      where queued.settled?.contains(index) != true {
        numbers.append(Int(event.receivedUnixNanoseconds))
      }
      if settles { try settle(queued.sequences) }
    }
    return numbers
  }
}
