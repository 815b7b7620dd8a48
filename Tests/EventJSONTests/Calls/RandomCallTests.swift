import EventJSON
import Foundation
import Testing
import Workbench

/// Random events through a batch, against Foundation's parser.
///
/// Some thousands of mutations by default, a million in the nightly form; under the address sanitizer:
/// `Tests/fuzz-http.sh`.
@Suite struct RandomCallTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let count =
    environment["SEALPOST_FUZZ"].flatMap(UInt64.init)
    ?? (environment["SEALPOST_NIGHTLY"] == "1" ? 1_000_000 : 6_000)
  private static let first = environment["SEALPOST_FUZZ_SEED"].flatMap(UInt64.init) ?? 0

  @Test func `a stamped event says what it said, and what the source wrote`() throws {
    for seed in 0..<1_500 as Range<UInt64> {
      let events = (0..<3).map { RandomEvent.make(seed: seed * 3 + $0, repeatsKeys: false) }
      let lines = try stamped(
        "{ \"batch\" : [" + events.joined(separator: "\n,")
          + "],\"sentAt\":\"2026-01-01T00:00:00Z\"}",
        .batch, peer: "192.0.2.1")
      #expect(lines.count == 3)
      for (event, line) in zip(events, lines) {
        #expect(!line.utf8.contains(0x0A))
        guard let before = object(event), let after = object(line) else { continue }
        #expect(isStamped(after, before), "seed \(seed)")
      }
    }
  }

  @Test func `a body survives any mutation, and each line that comes of it is JSON`() throws {
    var taken = 0
    for seed in Self.first..<Self.first + Self.count {
      var random = SeededGenerator(seed: seed)
      let event = RandomEvent.make(seed: seed, repeatsKeys: true)
      var body = Array("{\"writeKey\":\"k\",\"batch\":[\(event),{\"writeKey\":1,\"a\":2}]}".utf8)
      for _ in 0..<random.below(4) {
        body[random.below(body.count)] = random.pick(Array("{}[]\",: \n\\u0".utf8) + [0xFF])
      }
      guard let call = unsafe try? CallBody(scanning: body.span.bytes, as: .batch) else { continue }
      taken += 1
      for event in call.events {
        var out: [UInt8] = []
        let stamp = CallStamp(type: .track, receivedAt: 0, peer: Array("::1".utf8))
        unsafe call.append(event, of: body.span.bytes, stamp, to: &out)
        #expect(jsonError(out) == nil, "seed \(seed)")
      }
    }
    #expect(taken > Self.count / 6)
  }

  private func object(_ text: String) -> [String: Any]? {
    try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
  }

  /// Without the members that the source writes, both are equal.
  private func isStamped(_ after: [String: Any], _ before: [String: Any]) -> Bool {
    func rest(_ event: [String: Any]) -> NSDictionary {
      var event = event
      for key in ["receivedAt", "sentAt", "timestamp", "originalTimestamp", "writeKey"] {
        event[key] = nil
      }
      if var context = event["context"] as? [String: Any] {
        context["ip"] = nil
        event["context"] = context.isEmpty ? nil : context
      }
      return event as NSDictionary
    }
    let sent = before["sentAt"] as? String ?? "2026-01-01T00:00:00Z"
    return rest(after) == rest(before)
      && after["receivedAt"] as? String == "2026-11-18T11:06:40.123Z"
      && (before["sentAt"] != nil || after["sentAt"] as? String == sent)
  }
}

@Suite struct EventTimeTests {
  private func milliseconds(_ text: String) -> Int64? {
    unsafe EventTime.milliseconds(Array(text.utf8).span.bytes)
  }

  @Test func `times agree with Foundation's calendar`() throws {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    var random = SeededGenerator(seed: 7)
    for _ in 0..<4_000 {
      let time = Int64.random(in: -12_000_000_000_000...EventTime.span.upperBound, using: &random)
      let text = String(decoding: EventTime.text(time), as: UTF8.self)
      let parts = calendar.dateComponents(
        [.year, .month, .day, .hour, .minute, .second],
        from: Date(timeIntervalSince1970: (Double(time) / 1_000).rounded(.down)))
      let expected = [parts.month!, parts.day!, parts.hour!, parts.minute!, parts.second!]
      let found = text.dropFirst(5).prefix(14).split { "-T:.".contains($0) }.compactMap { Int($0) }
      #expect(Int(text.prefix(4)) == parts.year! && found == expected)
      #expect(milliseconds(text) == time)
    }
  }

  @Test(arguments: [
    ("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:00.9999999Z", 999),
    ("1970-01-01T00:00:00.5-00:30", 1_800_500), ("2000-02-29t12:00:00z", 951_825_600_000),
    ("2016-12-31T23:59:60Z", 1_483_228_800_000),
  ])
  func `a time is read`(text: String, expected: Int64) {
    #expect(milliseconds(text) == expected)
  }

  @Test(arguments: [
    "", "2026", "2026-11-18", "2026-11-18 10:00:00Z", "2026-13-01T00:00:00Z",
    "2026-02-29T00:00:00Z", "2026-11-18T24:00:00Z", "2026-11-18T10:00:00", "2026-11-18T10:00:00.Z",
    "2026-11-18T10:00:00Zx", "2026-11-18T10:00:00+1:00", "0000-01-01T00:00:00+01:00",
    "-026-11-18T10:00:00Z", "2026-11-18T10:00:00.\(String(repeating: "1", count: 80))Z",
  ])
  func `what is no time is none`(text: String) {
    #expect(milliseconds(text) == nil)
  }
}
