import AdapterLoading
import Testing

@testable import DestinationHost

@Suite struct BatchCutsTests {
  /// Events of these lengths, one after the other with a line end between.
  private func events(_ lengths: [Int]) -> [EventSlot] {
    var offset = 0
    return lengths.map { length in
      defer { offset += length + 1 }
      return EventSlot(
        offset: offset, length: length, idOffset: offset, idLength: 1, type: 2, attempt: 1,
        receivedUnixNanoseconds: 0)
    }
  }

  private func cut(_ cuts: BatchCuts, _ lengths: [Int]) -> [Range<Int>] {
    let events = events(lengths)
    var found: [Range<Int>] = []
    while (found.last?.upperBound ?? 0) < events.count {
      found.append(cuts.next(of: events, from: found.last?.upperBound ?? 0, to: events.count))
    }
    return found
  }

  @Test func `without limits everything is one batch`() {
    #expect(cut(BatchCuts(maximumEvents: 0, maximumBytes: 0), [5, 5, 5]) == [0..<3])
  }

  @Test func `the number of events is kept`() {
    #expect(
      cut(BatchCuts(maximumEvents: 2, maximumBytes: 0), [5, 5, 5, 5, 5]) == [0..<2, 2..<4, 4..<5])
  }

  @Test func `the number of bytes is kept, line ends counted`() {
    // Two events of five bytes and the line end between them: eleven.
    #expect(cut(BatchCuts(maximumEvents: 0, maximumBytes: 11), [5, 5, 5]) == [0..<2, 2..<3])
    #expect(
      cut(BatchCuts(maximumEvents: 0, maximumBytes: 10), [5, 5, 5]) == [0..<1, 1..<2, 2..<3])
  }

  @Test func `an event larger than the limit stands alone and is told`() {
    let cuts = BatchCuts(maximumEvents: 0, maximumBytes: 10)
    #expect(cut(cuts, [3, 50, 3]) == [0..<1, 1..<2, 2..<3])
    #expect(events([3, 50, 3]).map(cuts.isTooLarge) == [false, true, false])
  }

  @Test func `each event is in one batch, in order`() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<200 {
      let lengths = (0..<Int.random(in: 1...40, using: &random)).map { _ in
        Int.random(in: 1...30, using: &random)
      }
      let cuts = BatchCuts(
        maximumEvents: .random(in: 0...5, using: &random),
        maximumBytes: .random(in: 0...60, using: &random))
      #expect(cut(cuts, lengths).flatMap { Array($0) } == Array(lengths.indices))
    }
  }
}
