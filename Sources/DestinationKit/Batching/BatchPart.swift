/// Some events of a batch, one after the other, that go out in one request.
public struct BatchPart: Sendable, Equatable {
  /// Their places in the batch.
  public let events: Range<Int>

  /// Their bytes in the batch's NDJSON, without a line feed behind the last.
  let bytes: Range<Int>

  /// How many events there are.
  public var count: Int { events.count }
}

/// How the events of a part are written.
public enum BatchForm: Sendable {
  /// One event a line: the batch's own bytes, not copied.
  case ndjson
  /// A JSON array of events.
  case array
}

/// Where each event lies in the batch's NDJSON.
struct BatchLines {
  private var ends: [Int] = []

  init(_ batch: borrowing Batch) {
    ends.reserveCapacity(batch.count)
    var start = 0
    batch.forEachEvent { event in
      let end = start + event.withJSON { $0.byteCount }
      ends.append(end)
      start = end + 1
    }
  }

  /// One line feed stands between two events.
  func start(of index: Int) -> Int { index == 0 ? 0 : ends[index - 1] + 1 }

  func end(of index: Int) -> Int { ends[index] }

  func byteCount(of index: Int) -> Int { ends[index] - start(of: index) }

  func part(_ events: Range<Int>) -> BatchPart {
    BatchPart(
      events: events,
      bytes: events.isEmpty ? 0..<0 : start(of: events.lowerBound)..<ends[events.upperBound - 1])
  }
}
