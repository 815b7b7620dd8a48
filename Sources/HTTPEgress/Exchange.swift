internal import HTTPWire

/// One request and its answer on a connection.
struct Exchange {
  let connection: Connection
  let request: CheckedRequest
  let rules: EgressRules
  let patience: Patience

  /// What came back, and whether the connection is good for another exchange.
  struct Outcome {
    let response: EgressResponse
    let isReusable: Bool
  }

  func run() throws(EgressFailure) -> Outcome {
    connection.startCounting()
    var wasWritten = false
    var failure: EgressFailure?
    do throws(EgressFailure) { wasWritten = try write() } catch {
      // A server that refuses a request may hang up before it has read it all: its answer may be there.
      guard error.kind == .unavailable, connection.sent > 0 else { throw error }
      failure = error
    }
    var buffer: [UInt8] = []
    do throws(EgressFailure) {
      let head = try readHead(&buffer)
      return try readBody(head, &buffer, wasWritten)
    } catch { throw failure ?? error }
  }

  /// Head and a short body go out together: one packet, one record of TLS.
  private func write() throws(EgressFailure) -> Bool {
    guard request.body.count > 32 << 10 else {
      return try connection.write((request.head + request.body)[...], patience)
    }
    guard try connection.write(request.head[...], patience) else { return false }
    return try connection.write(request.body, patience)
  }

  private static let mostInterim = 8

  private func readHead(_ buffer: inout [UInt8]) throws(EgressFailure) -> ResponseHead {
    for _ in 0...Exchange.mostInterim {
      var parser = ResponseParser(rules.limits)
      while true {
        let parsed = try wire { () throws(WireError) in try parser.parse(buffer.span) }
        if let (head, length) = parsed {
          buffer.removeFirst(length)
          // 101 is an answer to a wish that was not uttered.
          guard head.start.status != 101 else { throw malformed(.statusUnexpected) }
          if head.start.status >= 200 { return head }
          break
        }
        guard try connection.read(into: &buffer, patience) else {
          throw .hungUp
        }
      }
    }
    throw malformed(.statusUnexpected)
  }

  private func readBody(
    _ head: ResponseHead, _ buffer: inout [UInt8], _ wasWritten: Bool
  ) throws(EgressFailure) -> Outcome {
    var body: [UInt8] = []
    let framing = try wire { () throws(WireError) in try head.framing(answering: request.method) }
    var decoder = try wire { () throws(WireError) in try BodyDecoder(framing, rules.limits) }
    while !decoder.isComplete {
      let taken = try wire { () throws(WireError) in
        try decoder.decode(buffer.span, into: &body)
      }
      buffer.removeFirst(taken)
      guard !decoder.isComplete, try !connection.read(into: &buffer, patience) else { continue }
      try wire { () throws(WireError) in try decoder.end() }
    }
    return Outcome(
      response: EgressResponse(
        status: head.start.status, fields: head.fields.list, body: body),
      isReusable: wasWritten && head.persists && framing != .untilClose && buffer.isEmpty)
  }

  private func wire<Result>(
    _ body: () throws(WireError) -> Result
  ) throws(EgressFailure) -> Result {
    do throws(WireError) { return try body() } catch { throw malformed(error) }
  }

  private func malformed(_ error: WireError) -> EgressFailure {
    error == .bodyTooLong
      ? .answerTooLong(rules)
      : EgressFailure(.unavailable, "the answer: \(error)")
  }
}
