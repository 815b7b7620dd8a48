extension Batch {
  /// Sends the batch in requests of limited size, and says what became of each event.
  ///
  /// - Where a request is refused for what it holds (400, 413, 422), its halves are sent, until the event that the
  ///   destination does not take is found.
  /// - Where the next request would fare no better (credentials refused, the whole destination busy), the rest is not
  ///   sent and has the same outcome.
  /// - Once the call is cancelled, the rest is retried.
  ///
  /// `send` gets the body of one request, and which events it carries; it sends it and gives the answer. What it throws is
  /// the outcome of those events, as in ``DestinationAdapter/deliver(_:)``. `outcome` says what an answer means;
  /// ``HTTPResponse/outcome(host:conflict:)`` unless the adapter knows better.
  public func send(
    as form: BatchForm = .ndjson, mostEvents: Int = .max, mostBytes: Int = .max,
    host: AdapterHost, outcome: ((HTTPResponse) -> Outcome)? = nil,
    _ send: (RawSpan, BatchPart) throws -> HTTPResponse
  ) -> Outcomes {
    let lines = BatchLines(self)
    // Two bytes for the brackets of an array, and no comma behind the last.
    let limits = PartLimits(events: mostEvents, bytes: mostBytes == .max ? .max : mostBytes - 1)
    var delivery = PartwiseDelivery(count: count)
    delivery.send(Array(0..<count), within: limits, of: self, byteCount: lines.byteCount) {
      events in
      let part = lines.part(events[events.startIndex]..<events[events.endIndex - 1] + 1)
      let response = try withBody(of: part, form, lines) { (body) throws in try send(body, part) }
      let result = outcome?(response) ?? response.outcome(host: host)
      return response.isAboutContent ? .refused(result) : .all(result)
    }
    return delivery.outcomes
  }

  private func withBody<Result>(
    of part: BatchPart, _ form: BatchForm, _ lines: BatchLines, _ send: (RawSpan) throws -> Result
  ) throws -> Result {
    try withNDJSON { (ndjson) throws in
      let bytes = ndjson.extracting(part.bytes)
      guard form == .array else { return try send(bytes) }
      let body = Batch.array(bytes, part, lines)
      return try unsafe send(body.span.bytes)
    }
  }

  /// Between two events stands one line feed: its place becomes a comma.
  private static func array(_ bytes: RawSpan, _ part: BatchPart, _ lines: BatchLines) -> [UInt8] {
    var body: [UInt8] = []
    body.reserveCapacity(bytes.byteCount + 2)
    body.append(UInt8(ascii: "["))
    unsafe bytes.withUnsafeBytes { unsafe body.append(contentsOf: $0) }
    for index in part.events.dropLast() {
      body[lines.end(of: index) - part.bytes.lowerBound + 1] = UInt8(ascii: ",")
    }
    body.append(UInt8(ascii: "]"))
    return body
  }
}
