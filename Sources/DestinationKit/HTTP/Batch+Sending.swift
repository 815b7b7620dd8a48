/// How the events of one request are written.
public enum BatchForm: Sendable {
  /// One event a line: the batch's own bytes, not copied.
  case ndjson
  /// A JSON array of events.
  case array
}

extension Batch {
  /// Sends the events as they are, in requests of limited size, and says what became of each.
  ///
  /// ```swift
  /// let call = batch.call
  /// return batch.send(as: .ndjson, host: host) { body, _ in
  ///   try http.send(request, body: body, call: call)
  /// }
  /// ```
  ///
  /// `send` gets the body of one request and the places of its events in the batch; it sends it and gives the answer,
  /// which is read as ``HTTPResponse/partOutcome(host:)`` does. For halving, and for what ends the sending, see
  /// ``PartwiseDelivery``, which is for an adapter that maps its events.
  public func send(
    as form: BatchForm, within limits: PartLimits = PartLimits(), host: AdapterHost,
    _ send: (RawSpan, Range<Int>) throws -> HTTPResponse
  ) -> Outcomes {
    let lines = BatchLines(self)
    var delivery = PartwiseDelivery(count: count)
    delivery.send(
      Array(0..<count), within: limits, of: self, byteCount: { lines.byteCount(of: $0) }
    ) { part in
      let events = part[part.startIndex]..<part[part.endIndex - 1] + 1
      return try withBody(of: events, form, lines) { body throws in
        try send(body, events)
      }.partOutcome(host: host)
    }
    return delivery.outcomes
  }

  private func withBody<Result>(
    of events: Range<Int>, _ form: BatchForm, _ lines: BatchLines,
    _ body: (RawSpan) throws -> Result
  ) throws -> Result {
    try withNDJSON { ndjson throws in
      let bytes = ndjson.extracting(lines.bytes(of: events))
      guard form == .array else { return try body(bytes) }
      let array = Batch.array(bytes, events, lines)
      return try unsafe body(array.span.bytes)
    }
  }

  /// Between two events stands one line feed: its place becomes a comma.
  private static func array(
    _ bytes: RawSpan, _ events: Range<Int>, _ lines: BatchLines
  ) -> [UInt8] {
    let start = lines.bytes(of: events).lowerBound
    var body: [UInt8] = []
    body.reserveCapacity(bytes.byteCount + 2)
    body.append(UInt8(ascii: "["))
    unsafe bytes.withUnsafeBytes { unsafe body.append(contentsOf: $0) }
    for index in events.dropLast() {
      body[lines.end(of: index) - start + 1] = UInt8(ascii: ",")
    }
    body.append(UInt8(ascii: "]"))
    return body
  }
}

/// Where each event lies in the batch's NDJSON.
private struct BatchLines {
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

  func end(of index: Int) -> Int { ends[index] }

  func byteCount(of index: Int) -> Int { ends[index] - start(of: index) }

  /// Without a line feed behind the last; of one event at least.
  func bytes(of events: Range<Int>) -> Range<Int> {
    start(of: events.lowerBound)..<ends[events.upperBound - 1]
  }

  /// One line feed stands between two events.
  private func start(of index: Int) -> Int { index == 0 ? 0 : ends[index - 1] + 1 }
}
