internal import EventJSON
internal import TrackingAPI

/// The events of one call as they go to a topic, and those of them that are none.
struct ProducedBatch: Sendable {
  struct Message: Sendable {
    /// The user whose order is kept.
    let key: [UInt8]
    /// In the call's lines.
    let range: Range<Int>
    /// The event with the id that it got here; nil where it brought one.
    let named: [UInt8]?
  }

  private(set) var messages: [Message] = []
  private(set) var rejections: [(index: Int, reason: EventRejection)] = []
  /// Of all messages.
  private(set) var bytes = 0

  init(_ call: TrackingCall, _ scanner: inout EventScanner, _ ids: inout MessageIDs) {
    messages.reserveCapacity(call.events.count)
    for (index, event) in call.events.enumerated() {
      guard !event.range.isEmpty else {
        rejections.append(
          (index, .tooLong(bytes: event.length, limit: TrackingAPI.longestEvent)))
        continue
      }
      let lines = call.lines
      let line = unsafe lines.span.bytes.extracting(event.range)
      if let reason = scanner.scan(line) {
        rejections.append((index, reason))
      } else {
        append(line, event.range, scanner.shape, &ids)
      }
    }
  }

  private mutating func append(
    _ line: RawSpan, _ range: Range<Int>, _ shape: EventShape, _ ids: inout MessageIDs
  ) {
    let named =
      shape.hasMessageID ? nil : EventRewriter.addMessageID(line, shape, ids.next())
    let message = Message(key: Self.key(line, shape.user), range: range, named: named)
    bytes += message.key.count + (named?.count ?? range.count)
    messages.append(message)
  }

  /// The id as text, whichever way it is written: `"a"`, `"\u0061"`; a number as it stands.
  private static func key(_ event: RawSpan, _ user: FieldValue) -> [UInt8] {
    let place = user.kind == .string ? user.content : user.range
    let written = event.extracting(place)
    var key: [UInt8] = []
    let isText = user.kind == .string && JSONString.unescape(written, appendingTo: &key)
    return isText ? key : unsafe written.withUnsafeBytes { unsafe Array($0) }
  }
}
