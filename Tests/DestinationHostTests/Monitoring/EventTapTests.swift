import DeliveryQueue
import Foundation
import Ingest
import Testing

@testable import DestinationHost

/// Live events: who watches sees what passes, within bounds, and costs nobody anything.
struct EventTapTests {
  private func block(_ lines: [String], duplicates: Set<Int32> = []) throws -> Block {
    let block = Block(destinations: 1)
    block.source = "web"
    block.lines.removeAll()
    for line in lines {
      let bytes = Array(line.utf8)
      let isTaken = unsafe block.lines.append(bytes.span.bytes)
      #expect(isTaken)
    }
    block.duplicateNumbers = duplicates
    return block
  }

  private func texts(_ found: EventTap.Catch?) -> [String] {
    found?.events.map { String(decoding: $0.json, as: UTF8.self) } ?? []
  }

  @Test func `nothing is kept while nobody watches`() throws {
    let tap = EventTap()
    tap.offer(try block(["a", "b"]))
    let first = try #require(tap.take(of: nil, after: nil))
    #expect(first.events.isEmpty && first.next == 0 && first.missed == 0)
  }

  @Test func `a watcher gets what comes after he began, each once, duplicates left out`() throws {
    let tap = EventTap()
    var next = tap.take(of: nil, after: nil)?.next
    tap.offer(try block(["a", "b", "c"], duplicates: [1]))
    var found = tap.take(of: nil, after: next)
    #expect(texts(found) == ["a", "c"])
    let sources = found.map { $0.events.map(\.source) }
    #expect(sources == ["web", "web"])
    next = found?.next
    tap.offer(try block(["d"]))
    found = tap.take(of: nil, after: next)
    #expect(texts(found) == ["d"])
    next = found?.next
    #expect(texts(tap.take(of: nil, after: next)) == [])
  }

  @Test func `what comes too fast goes by unseen and is counted; memory is bounded`() throws {
    let tap = EventTap()
    let next = tap.take(of: nil, after: nil)?.next
    let lines = (0..<1000).map { "\($0)" }
    for _ in 0..<5 { tap.offer(try block(lines)) }
    let found = try #require(tap.take(of: nil, after: next))
    #expect((EventTap.eventsPerSecond...EventTap.eventsPerSecond * 4).contains(found.events.count))
    #expect(found.events.count + found.missed == 5000)
  }

  @Test func `only so much is watched at once`() {
    let tap = EventTap()
    let watched = (0..<100).filter { tap.take(of: "d\($0)", after: nil) != nil }
    #expect(watched.count == 16)
  }
}
