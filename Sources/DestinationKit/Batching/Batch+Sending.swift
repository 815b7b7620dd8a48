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
    var outcomes = [Outcome?](repeating: nil, count: count)
    var waiting: [BatchPart] = lines.parts(mostEvents: mostEvents, mostBytes: mostBytes).reversed()
    while let part = waiting.popLast(), !isCancelled {
      let answer = attempt(part, form, lines, send)
      if part.count > 1, answer.isAboutContent {
        let middle = part.events.lowerBound + part.count / 2
        waiting.append(lines.part(middle..<part.events.upperBound))
        waiting.append(lines.part(part.events.lowerBound..<middle))
        continue
      }
      let result = answer.outcome { outcome?($0) ?? $0.outcome(host: host) }
      for index in part.events { outcomes[index] = result }
      if result.isForWholeDestination || result.kind == .credentialsRefused {
        return .each(outcomes.map { $0 ?? result })
      }
    }
    return .each(outcomes.map { $0 ?? .retry(detail: "the time of the batch was up") })
  }

  private func attempt(
    _ part: BatchPart, _ form: BatchForm, _ lines: BatchLines,
    _ send: (RawSpan, BatchPart) throws -> HTTPResponse
  ) -> PartAnswer {
    do {
      return .response(
        try withNDJSON { (ndjson) throws in
          let bytes = ndjson.extracting(part.bytes)
          guard form == .array else { return try send(bytes, part) }
          let body = Batch.array(bytes, part, lines)
          return try unsafe send(body.span.bytes, part)
        })
    } catch {
      return .failed(Outcome(of: error))
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

/// What one request brought.
private enum PartAnswer {
  case response(HTTPResponse)
  case failed(Outcome)

  /// Whether a part of it may be taken where the whole was not.
  var isAboutContent: Bool {
    if case .response(let response) = self {
      [400, 413, 422].contains(response.status)
    } else {
      false
    }
  }

  func outcome(_ meaning: (HTTPResponse) -> Outcome) -> Outcome {
    switch self {
    case .response(let response): meaning(response)
    case .failed(let outcome): outcome
    }
  }
}
