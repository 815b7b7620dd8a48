import Foundation
import Synchronization
import Testing

@testable import Ingest

@Suite struct LineBlockReaderTests {
  /// A line as a test wants to see it.
  private struct Line: Equatable {
    let number: Int
    let text: [UInt8]
  }

  private struct Outcome {
    var lines: [Line] = []
    var oversize: [LineBlock.OversizeLine] = []
    var lineCount = 0
    var readOffset = 0
    /// After each block: how many lines were told of so far, and where the block ends.
    var ends: [(lines: Int, offset: Int)] = []
  }

  private func read(_ descriptor: Int32, stop: @escaping @Sendable () -> Bool = { false }) throws
    -> Outcome
  {
    var reader = LineBlockReader(descriptor: descriptor, shouldStop: stop)
    var block = LineBlock(capacity: 0)
    var outcome = Outcome()
    while try reader.next(into: &block) {
      block.forEachLine { line, number in
        outcome.lines.append(
          Line(number: number, text: unsafe line.withUnsafeBytes { unsafe Array($0) }))
      }
      outcome.oversize += block.oversize
      outcome.lineCount += block.lineCount
      outcome.readOffset = block.readOffset
      outcome.ends.append((outcome.lineCount, block.readOffset))
    }
    return outcome
  }

  /// Reads what is written to a pipe in these pieces.
  private func read(pieces: [[UInt8]]) throws -> Outcome {
    let pipe = Pipe()
    let writer = Thread {
      for piece in pieces { try? pipe.fileHandleForWriting.write(contentsOf: Data(piece)) }
      try? pipe.fileHandleForWriting.close()
    }
    writer.start()
    return try read(pipe.fileHandleForReading.fileDescriptor)
  }

  private func read(_ text: String) throws -> Outcome { try read(pieces: [Array(text.utf8)]) }

  private func texts(_ outcome: Outcome) -> [String] {
    outcome.lines.map { String(decoding: $0.text, as: UTF8.self) }
  }

  @Test func `an empty input has no lines`() throws {
    let outcome = try read("")
    #expect(outcome.lines.isEmpty && outcome.lineCount == 0)
  }

  @Test func `lines are numbered from 1, blank ones too`() throws {
    let outcome = try read("a\n\nb\n")
    #expect(texts(outcome) == ["a", "", "b"])
    #expect(outcome.lines.map(\.number) == [1, 2, 3])
    #expect(outcome.lineCount == 3)
    #expect(outcome.readOffset == 5)
  }

  @Test func `the last line may lack its line end`() throws {
    #expect(try texts(read("a\nb")) == ["a", "b"])
  }

  @Test func `a carriage return before the line feed is no part of the line`() throws {
    #expect(try texts(read("a\r\nb\rc\r\n")) == ["a", "b\rc"])
  }

  @Test func `a byte order mark at the start is left out, elsewhere it stays`() throws {
    #expect(try texts(read("\u{FEFF}a\n\u{FEFF}b\n")).map(\.utf8.count) == [1, 4])
  }

  @Test func `a NUL is an ordinary byte`() throws {
    #expect(try texts(read("a\0b\n")) == ["a\0b"])
  }

  @Test func `a line of the limit is read, one byte more is not`() throws {
    let limit = LineBlock.limit
    let outcome = try read(
      String(repeating: "x", count: limit) + "\n" + String(repeating: "y", count: limit + 1)
        + "\nz\n")
    #expect(outcome.lines.map(\.text.count) == [limit, 1])
    #expect(outcome.lines.map(\.number) == [1, 3])
    #expect(outcome.oversize == [.init(lineNumber: 2, length: limit + 1)])
    #expect(outcome.lineCount == 3)
  }

  @Test func `a line of ten megabytes is skipped and told with its length`() throws {
    let long = [UInt8](repeating: UInt8(ascii: "x"), count: 10 << 20)
    let outcome = try read(pieces: [Array("a\n".utf8), long, Array("\nb\nc".utf8)])
    #expect(texts(outcome) == ["a", "b", "c"])
    #expect(outcome.lines.map(\.number) == [1, 3, 4])
    #expect(outcome.oversize == [.init(lineNumber: 2, length: 10 << 20)])
  }

  @Test func `a long line without an end is told too`() throws {
    let long = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
    let outcome = try read(pieces: [Array("a\n".utf8), long])
    #expect(texts(outcome) == ["a"])
    #expect(outcome.oversize == [.init(lineNumber: 2, length: 1 << 20)])
  }

  @Test func `however the input is cut into pieces, the lines are the same`() throws {
    for seed in 0..<60 as Range<UInt64> {
      var random = Seeded(state: seed)
      let text = (0..<random.below(60)).flatMap { _ in randomLine(&random) }
      let expected = split(text)
      let outcome = try read(pieces: cut(text, &random))
      #expect(outcome.lines == expected.lines, "seed \(seed)")
      #expect(outcome.oversize == expected.oversize, "seed \(seed)")
      #expect(outcome.readOffset == text.count, "seed \(seed)")
      let ends = lineEnds(text)
      #expect(outcome.ends.allSatisfy { ends[$0.lines - 1] == $0.offset }, "seed \(seed)")
    }
  }

  @Test func `a slow source is not waited for once a whole line is there`() throws {
    let pipe = Pipe()
    try pipe.fileHandleForWriting.write(contentsOf: Data("first\nsec".utf8))
    var reader = LineBlockReader(descriptor: pipe.fileHandleForReading.fileDescriptor)
    var block = LineBlock(capacity: 0)
    #expect(try reader.next(into: &block))
    #expect(block.lineCount == 1)
    try pipe.fileHandleForWriting.write(contentsOf: Data("ond\n".utf8))
    #expect(try reader.next(into: &block))
    var seen: [String] = []
    block.forEachLine { line, number in
      seen.append(
        "\(number) \(unsafe line.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) })")
    }
    #expect(seen == ["2 second"])
  }

  @Test func `a stop ends a reading that waits`() throws {
    let pipe = Pipe()
    try pipe.fileHandleForWriting.write(contentsOf: Data("first\nhalf".utf8))
    let asked = Mutex(0)
    let outcome = try read(pipe.fileHandleForReading.fileDescriptor) {
      asked.withLock {
        $0 += 1
        return $0 > 4
      }
    }
    #expect(texts(outcome) == ["first"])
  }

  @Test func `a stop is seen although signals interrupt the wait`() throws {
    let pipe = Pipe()
    try pipe.fileHandleForWriting.write(contentsOf: Data("first\nhalf".utf8))
    let signals = Interruptions(then: pipe.fileHandleForWriting)
    let outcome = try read(pipe.fileHandleForReading.fileDescriptor) { signals.shouldStop() }
    signals.end()
    #expect(texts(outcome) == ["first"])
    #expect(outcome.readOffset == 6)
  }

  @Test func `a file is read to its end, whatever its size`() throws {
    let file = FileManager.default.temporaryDirectory.appending(
      path: "sealpost-lines-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: file) }
    let text = (0..<20_000).map { "line \($0)\n" }.joined()
    try Data(text.utf8).write(to: file)
    let handle = try FileHandle(forReadingFrom: file)
    let outcome = try read(handle.fileDescriptor)
    #expect(outcome.lineCount == 20_000 && outcome.readOffset == text.utf8.count)
    #expect(outcome.lines.indices.allSatisfy { outcome.lines[$0].number == $0 + 1 })
    #expect(outcome.lines.last?.text == Array("line 19999".utf8))
  }

  @Test func `a byte order mark alone is an empty line, and a carriage return alone too`() throws {
    #expect(try texts(read("\u{FEFF}")) == [""])
    #expect(try texts(read("\r\n\r")) == ["", ""])
  }

  @Test func `a descriptor that is not open is an input error`() {
    #expect(throws: IngestError.readFailed(code: EBADF)) { _ = try read(Int32.max) }
  }

  @Test func `a descriptor for writing only is an input error`() throws {
    let descriptor = unsafe open("/dev/null", O_WRONLY)
    defer { close(descriptor) }
    #expect(throws: IngestError.readFailed(code: EBADF)) { _ = try read(descriptor) }
  }

  @Test func `the error says what failed and the mend`() {
    #expect(
      IngestError.readFailed(code: EISDIR).description
        == "the input cannot be read: Is a directory. "
        + "Give a file or a pipe that this user may read.")
  }

  @Test func `a directory is an input error with its reason`() throws {
    let descriptor = unsafe open("/", O_RDONLY)
    defer { close(descriptor) }
    #expect(throws: IngestError.readFailed(code: EISDIR)) { _ = try read(descriptor) }
  }

  // MARK: - A plain reference

  private func split(_ text: [UInt8]) -> (lines: [Line], oversize: [LineBlock.OversizeLine]) {
    var pieces = text.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
    if pieces.last?.isEmpty == true { pieces.removeLast() }
    var lines: [Line] = []
    var oversize: [LineBlock.OversizeLine] = []
    for (index, piece) in pieces.enumerated() {
      if piece.count > LineBlock.limit {
        oversize.append(.init(lineNumber: index + 1, length: piece.count))
      } else {
        lines.append(Line(number: index + 1, text: piece))
      }
    }
    return (lines, oversize)
  }

  /// For each line, how many bytes stand before its end, the line feed included.
  private func lineEnds(_ text: [UInt8]) -> [Int] {
    var ends = text.indices.filter { text[$0] == 0x0A }.map { $0 + 1 }
    if ends.last ?? 0 < text.count { ends.append(text.count) }
    return ends
  }

  private func randomLine(_ random: inout Seeded) -> [UInt8] {
    let length = random.below(12) == 0 ? random.below(100_000) : random.below(200)
    let line = (0..<length).map { _ in UInt8(ascii: "a") + UInt8(random.below(26)) }
    return line + (random.below(50) == 0 ? [] : [0x0A])
  }

  private func cut(_ text: [UInt8], _ random: inout Seeded) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    var start = 0
    while start < text.count {
      let end = min(text.count, start + 1 + random.below(40_000))
      pieces.append(Array(text[start..<end]))
      start = end
    }
    return pieces
  }
}

/// A generator with a seed, so that a failure can be repeated.
private struct Seeded {
  var state: UInt64

  mutating func below(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(bound))
  }
}
