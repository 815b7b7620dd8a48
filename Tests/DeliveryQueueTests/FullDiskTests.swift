import Foundation
import Testing

@testable import DeliveryQueue

/// A file system of a few hundred kilobytes, for which the right to mount is needed.
final class SmallDisk {
  let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path

  static let isAllowed = SmallDisk(kilobytes: 64) != nil

  init?(kilobytes: Int) {
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    guard Self.run("mount", ["-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", path]) else {
      try? FileManager.default.removeItem(atPath: path)
      return nil
    }
  }

  deinit {
    _ = Self.run("umount", ["-l", path])
    try? FileManager.default.removeItem(atPath: path)
  }

  private static func run(_ tool: String, _ arguments: [String]) -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [tool] + arguments
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}

@Suite struct FullDiskTests {
  @Test(.enabled(if: SmallDisk.isAllowed, "a tmpfs cannot be mounted by this user"))
  func `a disk that is full is an error, loses nothing, and the queue goes on when there is room`()
    throws
  {
    let disk = try #require(SmallDisk(kilobytes: 400))
    let test = TestQueue(in: disk.path)
    test.segmentBytes = 60_000
    let queue = try test.open()
    var count = 0
    var seen: [Int] = []
    for _ in 0..<4 {
      #expect {
        while true {
          try queue.append(count..<count + 1, more: 5_000)
          count += 1
        }
      } throws: { error in
        if case .diskFull = error as? QueueError { true } else { false }
      }
      // Delivering frees whole segments, though there is no room to write anything new.
      for _ in 0..<25 {
        guard let queued = try queue.next() else { break }
        seen += queued.block.events.map { Int($0.receivedUnixNanoseconds) }
        try queue.settle(queued.sequences)
      }
    }
    #expect(count > 100)
    seen += try test.open().drain()
    #expect(seen == Array(0..<count))
  }

  @Test(.enabled(if: SmallDisk.isAllowed, "a tmpfs cannot be mounted by this user"))
  func `a disk that one segment fills has room again when all in it is delivered`() throws {
    let disk = try #require(SmallDisk(kilobytes: 400))
    let test = TestQueue(in: disk.path)
    let queue = try test.open()
    var count = 0
    for _ in 0..<3 {
      #expect(throws: QueueError.self) {
        while true {
          try queue.append(count..<count + 1, more: 5_000)
          count += 1
        }
      }
      _ = try queue.drain()
      // As often as a host tries it in a second.
      for _ in 0..<20 where (try? queue.append(count..<count + 1, more: 5_000)) != nil {
        count += 1
        break
      }
      #expect(try queue.drain() == [count - 1])
    }
    #expect(count > 100)
  }
}
