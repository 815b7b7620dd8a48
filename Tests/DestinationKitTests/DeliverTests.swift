import CDestinationAdapter
import DestinationKit
import Foundation
import Synchronization
import Testing

@Suite struct DeliverTests {
  struct Sample: Sendable {
    let outcome: Outcome
    let kind: UInt32
    var code: Int32 = 0
    var delay: UInt32 = 0
    var flags: UInt32 = 0
  }

  static let samples = [
    Sample(outcome: .delivered, kind: DESTINATION_OUTCOME_DELIVERED),
    Sample(outcome: .duplicate, kind: DESTINATION_OUTCOME_DUPLICATE),
    Sample(outcome: .retry(), kind: DESTINATION_OUTCOME_RETRY),
    Sample(
      outcome: .retry(after: .seconds(2), wholeDestination: true, code: 429),
      kind: DESTINATION_OUTCOME_RETRY, code: 429, delay: 2_000,
      flags: DESTINATION_WHOLE_DESTINATION),
    Sample(
      outcome: .retry(after: .nanoseconds(1)), kind: DESTINATION_OUTCOME_RETRY, delay: 1),
    Sample(
      outcome: .retry(after: .seconds(Int64.max)), kind: DESTINATION_OUTCOME_RETRY, delay: .max),
    Sample(outcome: .retry(after: .seconds(-5)), kind: DESTINATION_OUTCOME_RETRY, delay: 0),
    Sample(
      outcome: .retry(after: .seconds(Int64.min)), kind: DESTINATION_OUTCOME_RETRY, delay: 0),
    Sample(outcome: .rejected(code: 422), kind: DESTINATION_OUTCOME_REJECTED, code: 422),
    Sample(outcome: .credentialsRefused(code: 401), kind: DESTINATION_OUTCOME_AUTH, code: 401),
  ]

  @Test(arguments: samples)
  func `an outcome is written as the header has it`(sample: Sample) {
    let batch = TestBatch(["{}", "{}"])
    TestInstance.running { _ in .all(sample.outcome) }.deliver(batch)
    for result in batch.outcomes {
      #expect(result.outcome == sample.kind)
      #expect(result.remote_code == sample.code)
      #expect(result.retry_after_ms == sample.delay)
      #expect(result.flags == sample.flags)
    }
    #expect(batch.isSurroundUntouched)
  }

  @Test func `events are seen as the host laid them out`() {
    let json = ["{\"a\":1}", "{\"ä\":\"\\u00e9\"}"]
    let seen = Log()
    let instance = TestInstance.running { batch in
      seen.add("\(batch.count) \(batch.id) \(batch.call.rawValue)")
      seen.add(batch.withNDJSON(text))
      batch.forEachEvent { event in
        seen.add("\(event.index) \(event.id) \(event.attempt) \(String(describing: event.type))")
        seen.add("\(event.receivedUnixNanoseconds) \(event.withJSON(text))")
      }
      return .all(.delivered)
    }
    instance.deliver(TestBatch(json, ids: ["id-0", "id-1"], attempt: 3))
    #expect(
      seen.all == [
        "2 7 42", json.joined(separator: "\n"),
        "0 id-0 3 Optional(DestinationKit.EventType.track)",
        "1700000000000000000 \(json[0])",
        "1 id-1 3 Optional(DestinationKit.EventType.track)",
        "1700000000000000001 \(json[1])",
      ])
  }

  @Test func `a detail goes to its own event`() {
    let instance = TestInstance.running { _ in
      .each([.delivered, .rejected(detail: "too old"), .retry(detail: "busy")])
    }
    instance.deliver(TestBatch(["{}", "{}", "{}"]))
    #expect(
      instance.host.details == [
        .init(call: 42, index: 1, text: "too old"), .init(call: 42, index: 2, text: "busy"),
      ])
  }

  @Test func `an event that was left out is retried`() {
    let instance = TestInstance.running { _ in .each([.delivered]) }
    let batch = TestBatch(["{}", "{}"])
    instance.deliver(batch)
    #expect(batch.kinds == [DESTINATION_OUTCOME_DELIVERED, DESTINATION_OUTCOME_RETRY])
    #expect(instance.host.details.map(\.text) == ["the adapter did not come to this event"])
  }

  @Test func `outcomes beyond the last event go nowhere`() {
    let batch = TestBatch(["{}"])
    TestInstance.running { _ in .each([.delivered, .duplicate, .duplicate]) }.deliver(batch)
    #expect(batch.kinds == [DESTINATION_OUTCOME_DELIVERED])
    #expect(batch.isSurroundUntouched)
  }

  @Test func `a thrown error is retried, with its type and not its text`() {
    struct Mishap: Error { let text = "s3cr3t" }
    let instance = TestInstance.running { _ in throw Mishap() }
    let batch = TestBatch(["{}", "{}"])
    instance.deliver(batch)
    #expect(batch.kinds == [DESTINATION_OUTCOME_RETRY, DESTINATION_OUTCOME_RETRY])
    #expect(
      instance.host.details.map(\.text)
        == Array(repeating: "the adapter failed with Mishap", count: 2))
  }

  @Test func `a thrown error may say the outcome`() {
    let batch = TestBatch(["{}", "{}"])
    TestInstance.running { _ in throw DeliveryError(.credentialsRefused(code: 403)) }
      .deliver(batch)
    #expect(batch.kinds == [DESTINATION_OUTCOME_AUTH, DESTINATION_OUTCOME_AUTH])
    #expect(batch.outcomes.map(\.remote_code) == [403, 403])
  }

  @Test func `event by event, an error is that event's alone`() {
    struct Mishap: Error {}
    let instance = TestInstance.running { batch in
      batch.outcomes { event in
        switch event.index {
        case 1: throw Mishap()
        case 2: throw DeliveryError(.rejected())
        default: .delivered
        }
      }
    }
    let batch = TestBatch(["{}", "{}", "{}", "{}"])
    instance.deliver(batch)
    #expect(batch.kinds == [1, 2, 3, 1])
  }

  @Test func `an event of another shape is rejected, with the place and no value`() {
    struct Shape: Decodable {
      struct Traits: Decodable { let plan: String }
      let userId: String
      let traits: Traits
    }
    let instance = TestInstance.running { batch in
      batch.outcomes { event in
        try event.decode(as: Shape.self).traits.plan == "pro" ? .delivered : .duplicate
      }
    }
    let batch = TestBatch([
      #"{"userId":"u","traits":{"plan":"pro"}}"#, #"{"userId":"u","traits":{"plan":["s3cr3t"]}}"#,
      #"{"userId":"s3cr3t"}"#, #"{"userId":null,"traits":{}}"#, "[]", #""s3cr3t"#,
    ])
    instance.deliver(batch)
    #expect(batch.kinds == [1, 3, 3, 3, 3, 3])
    let details = instance.host.details.map(\.text)
    #expect(
      details == [
        "the event has another shape: traits.plan", "the event has another shape: traits",
        "the event has another shape: userId", "the event has another shape",
        "the event has another shape",
      ])
  }

  @Test func `event by event, a cancelled call leaves the rest for later`() {
    let host = TestHost()
    let instance = TestInstance.running(host: host) { batch in
      batch.outcomes { event in
        if event.index == 1 { host.record.withLock { _ = $0.cancelled.insert(42) } }
        return .delivered
      }
    }
    let batch = TestBatch(["{}", "{}", "{}"])
    instance.deliver(batch)
    #expect(batch.kinds == [1, 1, 2])
  }

  @Test func `cancellation is seen while deliver runs`() {
    let host = TestHost()
    let instance = TestInstance.running(host: host) { batch in
      let before = batch.isCancelled
      host.record.withLock { _ = $0.cancelled.insert(batch.call.rawValue) }
      return .all(!before && batch.isCancelled ? .delivered : .rejected())
    }
    let batch = TestBatch(["{}"])
    instance.deliver(batch)
    #expect(batch.kinds == [DESTINATION_OUTCOME_DELIVERED])
  }

  @Test func `four threads deliver at once`() async {
    let instance = TestInstance.running { batch in
      batch.outcomes { event in event.withJSON { $0.byteCount } == 2 ? .delivered : .rejected() }
    }
    let wrong = Atomic(0)
    await withCheckedContinuation { done in
      DispatchQueue.global().async {
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
          for _ in 0..<200 {
            let batch = TestBatch(["{}", "{ }", "{}"])
            instance.deliver(batch)
            if batch.kinds != [1, 3, 1] { wrong.add(1, ordering: .relaxed) }
          }
        }
        done.resume()
      }
    }
    #expect(wrong.load(ordering: .relaxed) == 0)
  }
}

/// A copy of the bytes.
func text(_ bytes: RawSpan) -> String {
  unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
}
