internal import AdapterLoading
internal import EventJSON
internal import Glibc
internal import Workspace

/// An event that nobody sent, and that says so: `sealpost-test` in its ids, and a mark in its context.
struct SyntheticEvent: Sendable {
  let messageID: String
  let json: [UInt8]
  let unixNanoseconds: Int64
  private let type: UInt8

  /// - Parameters:
  ///   - kind: such as `track`.
  ///   - keys: members to be there, with a made-up value, since they are sealed on their way.
  init(kind: String, keys: [String]) {
    var now = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &now)
    unixNanoseconds = Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
    messageID = "sealpost-test-\(String(UInt64.random(in: .min ... .max), radix: 16))"
    type = UInt8(EventType.allCases.first { "\($0.name)" == kind }?.rawValue ?? 0)
    var values: [String: SettingValue] = ["sealpost_test": .bool(true)]
    for key in keys { values[key] = .string("sealpost-test") }
    var event: [String: SettingValue] = [
      "type": .string(kind), "messageId": .string(messageID),
      "userId": .string("sealpost-test"), "anonymousId": .string("sealpost-test"),
      "timestamp": .string(Timestamp.now), "receivedAt": .string(Timestamp.now),
      "context": .object([
        "library": .object(["name": .string("sealpost"), "version": .string("test")]),
        "sealpost_test": .bool(true),
      ]),
    ]
    switch kind {
    case "identify", "group": event["traits"] = .object(values)
    case "alias": event["previousId"] = .string("sealpost-test-before")
    default: event["properties"] = .object(values)
    }
    if kind == "track" { event["event"] = .string("Sealpost Test") }
    if kind == "page" || kind == "screen" { event["name"] = .string("Sealpost Test") }
    if kind == "group" { event["groupId"] = .string("sealpost-test") }
    json = Array(SettingValue.object(event).json.utf8)
  }

  /// A batch of this event alone, as it was sealed.
  func batch(_ sealed: [UInt8]) -> OutgoingBatch {
    let text = Array("\"messageId\":\"".utf8)
    let start = sealed.firstRange(of: text).map(\.upperBound) ?? 0
    return OutgoingBatch(
      batchID: 1, ndjson: sealed,
      events: [
        EventSlot(
          offset: 0, length: sealed.count, idOffset: start, idLength: messageID.utf8.count,
          type: type, attempt: 1, receivedUnixNanoseconds: unixNanoseconds)
      ])
  }
}
