/// The worker's answer to a batch: nothing but the count when everything was delivered, else one result for each event.
///
/// It names the call by its token, which no two calls share; a batch that is offered again, or halved, keeps its number.
enum ResultsMessage {
  static let longestDetail = 1024
  private static let mostDetailBytes = 32 << 20
  private static let allDelivered: UInt32 = 1
  private static let list: UInt32 = 2
  private static let wholeDestination: UInt32 = 1

  static func write(
    _ results: [EventResult], token: UInt64, into writer: inout WireWriter
  ) {
    let isPlain = results.allSatisfy { $0 == EventResult(.delivered) }
    writer.number(token)
    writer.number(UInt32(results.count))
    writer.number(isPlain ? allDelivered : list)
    if isPlain { return }
    for result in results {
      writer.number(result.outcome.rawValue)
      writer.number(result.remoteCode)
      writer.number(result.retryAfterMilliseconds)
      writer.number(result.wholeDestination ? wholeDestination : 0)
      // What would make the message too long to be taken is left out: the outcome matters more than its words.
      writer.text(writer.bytes.count < mostDetailBytes ? result.detail ?? "" : "")
    }
  }

  /// Reads an answer into `results`; what is wrong with it, or nil when it fits the batch that was sent.
  static func read(
    _ bytes: [UInt8], token: UInt64, count: Int, into results: inout [EventResult]
  ) -> String? {
    var reader = WireReader(bytes)
    guard reader.number(UInt64.self) == token else { return "its answer is to another call" }
    guard let given = reader.number(UInt32.self), Int(given) == count else {
      return "its answer has another number of results"
    }
    results.removeAll(keepingCapacity: true)
    switch reader.number(UInt32.self) {
    case allDelivered?:
      results.append(contentsOf: repeatElement(EventResult(.delivered), count: count))
    case list?:
      for _ in 0..<count {
        guard let result = result(&reader) else { return "a result of its answer is malformed" }
        results.append(result)
      }
    default: return "its answer is malformed"
    }
    return reader.isAtEnd ? nil : "its answer is longer than its results"
  }

  private static func result(_ reader: inout WireReader) -> EventResult? {
    guard let outcome = reader.number(UInt32.self).flatMap(Outcome.init),
      let remoteCode = reader.number(Int32.self), let retryAfter = reader.number(UInt32.self),
      let flags = reader.number(UInt32.self), let detail = reader.text(longest: longestDetail)
    else { return nil }
    return EventResult(
      outcome, remoteCode: remoteCode, retryAfterMilliseconds: retryAfter,
      wholeDestination: flags & wholeDestination != 0,
      detail: detail.isEmpty ? nil : detail.withoutControls)
  }
}
