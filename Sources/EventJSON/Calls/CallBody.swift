/// The body of a call of the Tracking API, scanned in one pass: where its events are, and what the source writes on each.
///
/// Offsets count from the start of the body. Nothing is copied and nothing is decided about an event here: whether it
/// is one, ``EventScanner`` says of its bytes after ``append(_:of:_:to:)`` has written them.
package struct CallBody: Sendable {
  /// What the body of a call is.
  package enum Form: Sendable {
    /// One event: `/v1/identify`, `/v1/track` and the other four calls.
    case event
    /// An object whose `batch` is a list of events: `/v1/batch` and `/v1/import`.
    case batch
  }

  /// Most events of one batch (Segment's limit).
  package static var largestBatch: Int { 2_500 }

  /// In the order in which they stand.
  package internal(set) var events: [CallEvent] = []
  /// The `writeKey` beside `batch`, or in the event, between its quotes; nil when there is none or it is no string.
  package internal(set) var writeKey: Range<Int>?
  /// The batch's `sentAt`, quotes included.
  var sentAt: Range<Int>?
  var hasBatch = false

  enum Start { case nothing }

  /// Before the walk.
  init(_: Start) {}

  /// Scans a body.
  ///
  /// Throws the first thing that keeps the body from being a call; then none of its events is taken.
  package init(scanning bytes: RawSpan, as form: Form) throws(CallBodyError) {
    let origin = unsafe bytes.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
    var visitor = CallVisitor(form, origin: origin)
    if let error = JSONWalker.walk(bytes, &visitor) { throw .notJSON(error) }
    self = visitor.body
    guard visitor.isObject else { throw .notAnObject }
    guard form == .event || hasBatch else { throw .noBatch }
    guard events.count <= CallBody.largestBatch else { throw .tooManyEvents(events.count) }
    if form == .event { writeKey = events[0].writeKey }
  }
}

/// One event of a call: where it stands, and where those of its members are that the source writes or takes away.
package struct CallEvent: Sendable, Equatable {
  /// The whole value.
  package internal(set) var range: Range<Int>
  var isObject = false
  var memberCount = 0
  // Values, quotes included.
  var type: Range<Int>?
  var sentAt: Range<Int>?
  var timestamp: Range<Int>?
  var originalTimestamp: Range<Int>?
  var receivedAt: Range<Int>?
  /// Between its quotes.
  var writeKey: Range<Int>?
  /// The member with a comma of its own: a credential is not passed on.
  var writeKeyMember: Range<Int>?
  var context: Context?

  struct Context: Sendable, Equatable {
    /// Behind its opening bracket; nil when it is no object.
    var inside: Int?
    var isEmpty = true
    var hasIP = false
  }
}

/// Why a body is no call; never a value.
package enum CallBodyError: Error, Equatable, Sendable {
  case notJSON(JSONError)
  case notAnObject
  case noBatch
  case tooManyEvents(Int)
}

extension CallBodyError {
  /// A short stable name.
  package var code: String {
    switch self {
    case .notJSON: "not_json"
    case .notAnObject: "not_an_object"
    case .noBatch: "no_batch"
    case .tooManyEvents: "too_many_events"
    }
  }
}

extension CallBodyError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notJSON(let error): "\(error)"
    case .notAnObject: "the body is a JSON object, this is another value"
    case .noBatch: "\"batch\" is missing, or is no list"
    case .tooManyEvents(let count):
      "the batch has \(count) events; it may have \(CallBody.largestBatch)"
    }
  }
}
