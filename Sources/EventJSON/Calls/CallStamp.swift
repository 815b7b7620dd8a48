/// What a source writes on each event that it takes.
package struct CallStamp: Sendable {
  /// The type that the endpoint stands for; nil where each event brings its own.
  package var type: EventType?
  /// When the call came, in milliseconds since 1970.
  package var receivedAt: Int64
  /// The sender's address, for `context.ip`; nil writes none.
  package var peer: [UInt8]?

  package init(type: EventType?, receivedAt: Int64, peer: [UInt8]? = nil) {
    self.type = type
    self.receivedAt = receivedAt
    self.peer = peer
  }
}

extension CallStamp {
  /// A text beyond that is no time, and is not copied into each event of a batch.
  static let longestTime = 66
  /// By how much an event grows when every stamp is written.
  package static let longestGrowth = 512
  package static let usualGrowth = 192
}

extension CallBody {
  /// Appends an event as one line, without its end, stamped; every other byte is as it came.
  ///
  /// `receivedAt` is the call's. `timestamp` becomes the time by the host's clock: `receivedAt` less what passed
  /// between the event and its sending by the sender's clock, and what the sender wrote becomes
  /// `originalTimestamp`; without a `sentAt` (or with a time that is none) it stays as it came, and an event
  /// without one has happened when it came. The batch's `sentAt` is the event's where it has none. `writeKey`
  /// is taken away. `context.ip` stays the sender's where there is one. Line ends between tokens become spaces.
  package func append(
    _ event: CallEvent, of bytes: RawSpan, _ stamp: CallStamp, to out: inout [UInt8]
  ) {
    let start = out.count
    var edits = CallEdits(event)
    if event.isObject { edits.stamp(event, of: bytes, self, stamp) }
    edits.apply(to: bytes, appendingTo: &out)
    for index in start..<out.count where out[index] == 0x0A || out[index] == 0x0D {
      out[index] = 0x20
    }
  }
}

/// Replacements in one event, to be made in one copy.
private struct CallEdits {
  private let event: Range<Int>
  private var edits: [(range: Range<Int>, text: [UInt8])] = []
  /// Members that go before the event's first one, each with a comma behind it.
  private var inserted: [UInt8] = []

  init(_ event: CallEvent) { self.event = event.range }

  mutating func stamp(
    _ event: CallEvent, of bytes: RawSpan, _ body: CallBody, _ stamp: CallStamp
  ) {
    if let type = stamp.type { put("type", Self.quoted("\(type.name)"), event.type) }
    put("receivedAt", Self.quoted(EventTime.text(stamp.receivedAt)), event.receivedAt)
    if event.sentAt == nil, let sentAt = body.sentAt, sentAt.count <= CallStamp.longestTime {
      insert("sentAt", Self.copy(sentAt, of: bytes))
    }
    stampTime(event, of: bytes, sentAt: event.sentAt ?? body.sentAt, stamp.receivedAt)
    if let peer = stamp.peer { stampAddress(event, peer) }
    if let member = event.writeKeyMember { edits.append((member, [])) }
    insertMembers(into: event)
  }

  private mutating func stampTime(
    _ event: CallEvent, of bytes: RawSpan, sentAt: Range<Int>?, _ receivedAt: Int64
  ) {
    guard let written = event.timestamp else {
      return insert("timestamp", Self.quoted(EventTime.text(receivedAt)))
    }
    guard let sentAt = sentAt.flatMap({ Self.time($0, of: bytes) }),
      let happened = Self.time(written, of: bytes)
    else { return }
    let corrected = receivedAt - (sentAt - happened)
    guard EventTime.span.contains(corrected) else { return }
    edits.append((written, Self.quoted(EventTime.text(corrected))))
    if event.originalTimestamp == nil {
      insert("originalTimestamp", Self.copy(written, of: bytes))
    }
  }

  private mutating func stampAddress(_ event: CallEvent, _ peer: [UInt8]) {
    let member = Array("\"ip\":".utf8) + Self.quoted(peer)
    guard let context = event.context else {
      return insert("context", [Byte.openBrace] + member + [Byte.closeBrace])
    }
    guard let inside = context.inside, !context.hasIP else { return }
    edits.append((inside..<inside, context.isEmpty ? member : member + [Byte.comma]))
  }

  private mutating func put(_ name: String, _ value: [UInt8], _ place: Range<Int>?) {
    if let place { edits.append((place, value)) } else { insert(name, value) }
  }

  private mutating func insert(_ name: String, _ value: [UInt8]) {
    inserted += Self.quoted(name) + [Byte.colon] + value + [Byte.comma]
  }

  private mutating func insertMembers(into event: CallEvent) {
    let staying = event.memberCount - (event.writeKeyMember == nil ? 0 : 1)
    if staying == 0, !inserted.isEmpty { inserted.removeLast() }
    let place = event.range.lowerBound + 1
    edits.append((place..<place, inserted))
  }

  /// Edits never overlap; of two at one place the insertion comes first.
  func apply(to bytes: RawSpan, appendingTo out: inout [UInt8]) {
    var copied = event.lowerBound
    let inOrder = edits.sorted {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    for edit in inOrder {
      Self.append(copied..<edit.range.lowerBound, of: bytes, to: &out)
      out += edit.text
      copied = edit.range.upperBound
    }
    Self.append(copied..<event.upperBound, of: bytes, to: &out)
  }
}

extension CallEdits {
  private static func time(_ value: Range<Int>, of bytes: RawSpan) -> Int64? {
    guard value.count > 2,
      unsafe bytes.unsafeLoad(fromByteOffset: value.lowerBound, as: UInt8.self) == Byte.quote
    else { return nil }
    return EventTime.milliseconds(bytes.extracting(value.content))
  }

  private static func quoted(_ text: String) -> [UInt8] { quoted(Array(text.utf8)) }

  private static func quoted(_ text: [UInt8]) -> [UInt8] { [Byte.quote] + text + [Byte.quote] }

  private static func copy(_ range: Range<Int>, of bytes: RawSpan) -> [UInt8] {
    var out: [UInt8] = []
    append(range, of: bytes, to: &out)
    return out
  }

  private static func append(_ range: Range<Int>, of bytes: RawSpan, to out: inout [UInt8]) {
    unsafe bytes.extracting(range).withUnsafeBytes { unsafe out.append(contentsOf: $0) }
  }
}
