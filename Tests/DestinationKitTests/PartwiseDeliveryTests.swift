import CDestinationAdapter
import Synchronization
import Testing

@testable import DestinationKit

/// What a batch that goes in several requests comes to.
@Suite struct PartwiseDeliveryTests {
  /// Outcomes of a batch of that many events, each of two bytes.
  private func deliver(
    _ count: Int, _ limits: PartLimits, cancelled: Bool = false,
    _ answer: @escaping @Sendable ([Int]) throws -> PartOutcome
  ) -> (parts: [[Int]], kinds: [UInt32]) {
    let seen = Log()
    let host = TestHost()
    if cancelled { host.record.withLock { _ = $0.cancelled.insert(42) } }
    let instance = TestInstance.running(host: host) { batch in
      var delivery = PartwiseDelivery(count: batch.count)
      delivery.send(Array(0..<batch.count), within: limits, of: batch, byteCount: { _ in 2 }) {
        seen.add($0.map(String.init).joined(separator: " "))
        return try answer(Array($0))
      }
      return delivery.outcomes
    }
    let batch = TestBatch(Array(repeating: "{}", count: count))
    instance.deliver(batch)
    return (seen.all.map { $0.split(separator: " ").compactMap { Int($0) } }, batch.kinds)
  }

  @Test(arguments: [
    (PartLimits(), [[0, 1, 2, 3, 4]]),
    (PartLimits(events: 2), [[0, 1], [2, 3], [4]]),
    (PartLimits(bytes: 8), [[0, 1], [2, 3], [4]]),
    (PartLimits(bytes: 9), [[0, 1, 2], [3, 4]]),
    (PartLimits(events: 0, bytes: -1), [[0], [1], [2], [3], [4]]),
  ])
  func `parts are within the limits and in order`(limits: PartLimits, parts: [[Int]]) {
    let result = deliver(5, limits) { _ in .all(.delivered) }
    #expect(result.parts == parts)
    #expect(result.kinds == Array(repeating: DESTINATION_OUTCOME_DELIVERED, count: 5))
  }

  @Test func `a part that is refused for what it holds is halved until the event is found`() {
    let result = deliver(5, PartLimits()) {
      $0.contains(2) ? .refused(.rejected(code: 400)) : .all(.delivered)
    }
    #expect(result.parts == [[0, 1, 2, 3, 4], [0, 1], [2, 3, 4], [2], [3, 4]])
    #expect(result.kinds == [1, 1, 3, 1, 1])
  }

  @Test func `an answer for each event is each event's`() {
    let result = deliver(3, PartLimits()) { _ in .each([.delivered, .rejected()]) }
    #expect(result.kinds == [1, 3, 2])
  }

  @Test func `events because of which none was taken are settled, the others sent again`() {
    let result = deliver(5, PartLimits(events: 3)) {
      $0.contains(1) ? .without([1: .rejected(), 7: .rejected()]) : .all(.delivered)
    }
    #expect(result.parts == [[0, 1, 2], [0, 2], [3, 4]])
    #expect(result.kinds == [1, 3, 1, 1, 1])
  }

  @Test func `a list that names no event of the part does not go round for ever`() {
    let result = deliver(2, PartLimits()) { _ in .without([9: .rejected()]) }
    #expect(result.parts == [[0, 1]])
    #expect(result.kinds == [2, 2])
  }

  @Test func `a list of failures is an outcome for each event, if it is about this part`() {
    #expect(
      PartOutcome.listed([1: .rejected()], of: 3)
        == .each([.delivered, .rejected(), .delivered]))
    #expect(PartOutcome.listed([3: .rejected()], of: 3) == nil)
    #expect(PartOutcome.listed([-1: .rejected()], of: 3) == nil)
    #expect(PartOutcome.listed([:], of: 3) == nil)
    #expect(PartOutcome.listed(without: [0: .duplicate], of: 1) == .without([0: .duplicate]))
    #expect(PartOutcome.listed(without: [1: .duplicate], of: 1) == nil)
  }

  @Test(arguments: [
    ("properties.time", true), ("$insert_id", true), ("", false), ("a b", false),
    ("a@example.com", false), (String(repeating: "a", count: 65), false),
  ])
  func `only what can be a field's name comes into a detail`(text: String, isName: Bool) {
    #expect((text.fieldName != nil) == isName)
  }

  @Test(arguments: ["", "[", "[1]", #"{"places":"a"}"#, "\u{0}"])
  func `a body of another shape is none`(body: String) {
    struct Answer: Decodable { var places: [Int] }
    #expect(HTTPResponse(status: 400, body: Array(body.utf8)).json(Answer.self) == nil)
  }

  @Test(arguments: [
    (Outcome.credentialsRefused(code: 401), [4, 4, 4] as [UInt32]),
    (.retry(wholeDestination: true, code: 429), [2, 2, 2]),
  ])
  func `after what holds for all nothing more is sent`(outcome: Outcome, kinds: [UInt32]) {
    let result = deliver(3, PartLimits(events: 1)) { _ in .all(outcome) }
    #expect(result.parts == [[0]])
    #expect(result.kinds == kinds)
  }

  @Test func `a part that throws is retried, the next one is sent`() {
    struct Mishap: Error {}
    let result = deliver(2, PartLimits(events: 1)) {
      if $0 == [0] { throw Mishap() }
      return .all(.delivered)
    }
    #expect(result.kinds == [2, 1])
  }

  @Test func `a call that was cancelled sends nothing`() {
    let result = deliver(2, PartLimits(), cancelled: true) { _ in .all(.delivered) }
    #expect(result.parts.isEmpty)
    #expect(result.kinds == [2, 2])
  }

  @Test(arguments: [
    (200, PartOutcome.all(.delivered)), (409, .all(.duplicate)),
    (400, .refused(.rejected(code: 400, detail: "HTTP status 400"))),
    (413, .refused(.rejected(code: 413, detail: "HTTP status 413"))),
    (404, .all(.rejected(code: 404, detail: "HTTP status 404"))),
  ])
  func `an answer is the outcome of its part`(status: Int, outcome: PartOutcome) throws {
    let host = TestHost()
    let adapterHost = unsafe AdapterHost(host.pointer)
    #expect(HTTPResponse(status: status).partOutcome(host: adapterHost) == outcome)
  }
}

/// A mapping in an adapter's hands.
@Suite struct MappingTests {
  @Test func `a batch is mapped in one buffer, and what is not mapped is refused`() throws {
    let mapping = try Mapping(#"{"track":{"e":{"@path":"$.event"}}}"#)
    let seen = Log()
    let instance = TestInstance.running { batch in
      let events = mapping.map(batch)
      var body: [UInt8] = []
      events.appendArray(of: events.mapped, to: &body)
      seen.add("\(events.count) \(events.mapped) \(String(decoding: body, as: UTF8.self))")
      seen.add(events.withJSON(at: 2) { text($0) })
      seen.add("\(events.byteCount(at: 1)) \(events.byteCount(at: 2))")
      return PartwiseDelivery(events).outcomes
    }
    let batch = TestBatch([#"{"event":"a"}"#, #"{"other":1}"#, #"{"event":2.50}"#, "{"])
    instance.deliver(batch)
    #expect(seen.all == [#"4 [0, 2] [{"e":"a"},{"e":2.50}]"#, #"{"e":2.50}"#, "0 10"])
    #expect(batch.kinds == [2, 3, 2, 3])
    #expect(
      instance.host.details.map(\.text) == [
        "the time of the batch was up", "the mapping makes nothing of this event",
        "the time of the batch was up", "the event is not JSON",
      ])
  }

  @Test func `what became longer than the service takes is rejected, to the byte`() throws {
    let mapping = try Mapping(#"{"track":{"e":{"@path":"$.event"}}}"#)
    let seen = Log()
    let instance = TestInstance.running { batch in
      var events = mapping.map(batch)
      events.reject(longerThan: 2_000)
      let why = Outcome.rejected(detail: "the event is larger than 2 KB")
      seen.add("\(events.mapped) \(events.refusal(at: 1) == why)")
      return PartwiseDelivery(events).outcomes
    }
    // With 8 bytes around each.
    let names = [1_992, 1_993, 1].map { String(repeating: "x", count: $0) }
    let batch = TestBatch(names.map { #"{"event":"\#($0)"}"# })
    instance.deliver(batch)
    #expect(seen.all == ["[0, 2] true"])
    #expect(batch.kinds == [2, 3, 2])
  }

  @Test func `a mapping that is none is a problem of the settings, with its place`() {
    let problem = #expect(throws: AdapterProblem.self) {
      try Mapping(#"{"track":{"e":{"@path":"event"}}}"#)
    }
    #expect(problem?.kind == .settings)
    #expect(problem?.text.contains("about \"mapping\": track.e.@path, line 1") == true)
  }

  @Test func `one event is mapped by its kind`() throws {
    let mapping = try Mapping(#"{"page":{"n":{"@path":"$.name"}}}"#)
    let event = Array(#"{"name":"Home"}"#.utf8)
    let page = unsafe mapping.map(event.span.bytes, type: .page)
    #expect(page.map { String(decoding: $0, as: UTF8.self) } == #"{"n":"Home"}"#)
    #expect(unsafe mapping.map(event.span.bytes, type: .track) == nil)
  }
}

/// A moment by the calendar.
@Suite struct UTCTimeTests {
  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
      (1_795_609_800_050_000_000, "2026-11-25T12:30:00.050Z"),
      (951_782_400_000_000_000, "2000-02-29T00:00:00.000Z"),
      (4_107_542_399_999_999_999, "2100-02-28T23:59:59.999Z"),
    ] as [(Int64, String)])
  func `a number of nanoseconds is a date and a time`(nanoseconds: Int64, text: String) {
    let time = UTCTime(unixNanoseconds: nanoseconds)
    #expect(time.text == text)
    let digits = text.filter(\.isNumber)
    #expect(time.basicText == "\(digits.prefix(8))T\(digits.dropFirst(8).prefix(6))Z")
  }
}
