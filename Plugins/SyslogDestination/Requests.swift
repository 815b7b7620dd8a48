internal import DestinationKit

/// The messages that a batch becomes, each behind its length (RFC 5425, section 4.3; RFC 6587, section 3.4.1).
struct Requests {
  /// All frames, one behind the other, each with the message's own bytes.
  private(set) var frames: [UInt8] = []
  /// What becomes of those events that are not sent, by their places.
  private var refusals: [Int: Outcome] = [:]
  private let count: Int

  init(_ batch: borrowing Batch, _ settings: Settings) {
    let events = settings.mapping.map(batch)
    count = events.count
    var received: [Int64] = []
    batch.forEachEvent { received.append($0.receivedUnixNanoseconds) }
    var message: [UInt8] = []
    for index in 0..<count {
      if let refusal = events.refusal(at: index) {
        refusals[index] = refusal
        continue
      }
      message.removeAll(keepingCapacity: true)
      let parts = MessageParts(events, at: index)
      settings.header.append(
        parts, structuredData: Self.parameters(parts.data), received: received[index], to: &message)
      guard message.count <= settings.longestMessage else {
        refusals[index] = .rejected(
          detail: "the message has \(message.count) bytes, max_message_bytes is "
            + "\(settings.longestMessage): it would be cut, and what is sealed in it destroyed")
        continue
      }
      frames += "\(message.count) ".utf8
      frames += message
    }
  }

  /// What becomes of the events when those that are sent come to this.
  func outcomes(_ sent: Outcome) -> Outcomes {
    .each((0..<count).map { refusals[$0] ?? sent })
  }

  /// The members of the mapping's `data`; a name that cannot be a parameter's is left out.
  private static func parameters(_ data: [UInt8]?) -> [(name: String, value: [UInt8])] {
    var parameters: [(name: String, value: [UInt8])] = []
    MappedEvents.forEachMember(of: data ?? []) { name, value in
      if name.isParameterName { parameters.append((name, value)) }
    }
    return parameters
  }
}
