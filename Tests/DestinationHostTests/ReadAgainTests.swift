import DeliveryQueue
import Foundation
import Testing
import Workbench
import Workspace

@testable import DestinationHost

/// Lines that are read once more, as after a kill that came before their position was noted.
@Suite(.enabled(if: Built.hasSealpost, "sealpost was not built beside the tests"))
struct ReadAgainTests {
  private let host: TestHost
  private let output: String
  private let input: String

  init() throws {
    host = try TestHost()
    output = try host.addFile("file")
    input = host.folder + "/events.ndjson"
  }

  private func run(drops: Bool) throws -> RunSummary {
    let descriptor = unsafe open(input, O_RDONLY)
    defer { close(descriptor) }
    return try host.run(
      descriptor,
      change: {
        $0.inputPath = input
        $0.dropsDuplicates = drops
      })
  }

  private func write(_ numbers: Range<Int>) throws {
    let lines = numbers.map {
      #"{"type":"track","event":"Visited","userId":"u\#($0 % 3)","properties":{"n":\#($0 / 2)}}"#
        + "\n"
    }
    let text = ((try? String(contentsOfFile: input, encoding: .utf8)) ?? "") + lines.joined()
    try text.write(toFile: input, atomically: false, encoding: .utf8)
  }

  private var note: URL {
    get throws {
      let folder = host.workspace.layout.positions
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      return URL(fileURLWithPath: "\(folder)/\(try #require(names.first))")
    }
  }

  @Test func `lines without a messageId get the same one again, and their bytes are the same`()
    throws
  {
    try write(0..<5)
    _ = try run(drops: true)
    let before = try Data(contentsOf: note)
    try write(5..<10)
    #expect(try run(drops: true).accepted == 5)
    let first = try host.lines(output)
    #expect(Set(first).count == 10, "equal events on two lines are two events")
    try before.write(to: note)
    #expect(try run(drops: false).accepted == 5)
    #expect(try host.lines(output) == first + first[5...])
    try before.write(to: note)
    let again = try run(drops: true)
    #expect(again.accepted == 0 && again.duplicates == 5)
  }

  @Test func `a file that is read anew has new ids: its events are others`() throws {
    try write(0..<5)
    _ = try run(drops: true)
    try FileManager.default.removeItem(atPath: input)
    try write(0..<3)
    #expect(try run(drops: true).accepted == 3)
    #expect(Set(try host.lines(output)).count == 8)
  }

  @Test func `a note of the earlier form still says where to go on`() throws {
    try write(0..<5)
    _ = try run(drops: true)
    var note = try DurableNote(path: note.path)
    let words = String(decoding: note.found ?? [], as: UTF8.self).split(separator: " ")
    #expect(words.count == 6 && words[0] == "2")
    try note.write(Array("1 \(words[1..<5].joined(separator: " "))".utf8))
    try write(5..<7)
    #expect(try run(drops: true).accepted == 2)
  }
}
