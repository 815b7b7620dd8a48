import Testing

@testable import Ingest

@Suite struct LineBlockFillingTests {
  private func lines(_ block: borrowing LineBlock) -> [String] {
    var lines: [String] = []
    block.forEachLine { line, number in
      let text = unsafe line.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
      lines.append("\(number):\(text)")
    }
    return lines
  }

  private func append(_ text: String, to block: inout LineBlock) -> Bool {
    let bytes = Array(text.utf8)
    return unsafe block.append(bytes.span.bytes)
  }

  @Test func `events from memory are lines that count from 1`() {
    var block = LineBlock()
    block.removeAll()
    for text in [#"{"a":1}"#, "", #"{"b":2}"#] { #expect(append(text, to: &block)) }
    #expect(lines(block) == [#"1:{"a":1}"#, "2:", #"3:{"b":2}"#])
    #expect(block.lineCount == 3)
    block.removeAll()
    #expect(lines(block).isEmpty && block.lineCount == 0)
    #expect(append("x", to: &block))
    #expect(lines(block) == ["1:x"])
  }

  @Test func `a line feed in an event makes no second line`() {
    var block = LineBlock()
    block.removeAll()
    #expect(append("{\n\"a\":\n1}\n", to: &block))
    // The one at its end is cut off as a line's own would be.
    #expect(lines(block) == ["1:{\r\"a\":\r1}"])
  }

  @Test func `an event beyond the limit is told with its length and keeps its number`() {
    var block = LineBlock()
    block.removeAll()
    let longest = String(repeating: "x", count: LineBlock.limit)
    #expect(append(longest, to: &block))
    #expect(append(longest + "yz", to: &block))
    #expect(append("after", to: &block))
    #expect(lines(block) == ["1:" + longest, "3:after"])
    #expect(block.oversize == [.init(lineNumber: 2, length: LineBlock.limit + 2)])
  }

  @Test func `an event that does not fit leaves the block as it was`() {
    var block = LineBlock(capacity: 0)
    block.removeAll()
    let half = String(repeating: "x", count: LineBlock.limit - 1)
    #expect(append(half, to: &block))
    #expect(append(half, to: &block))
    #expect(!append("", to: &block))
    #expect(!append("more", to: &block))
    #expect(lines(block) == ["1:" + half, "2:" + half])
    #expect(block.lineCount == 2)
  }
}
