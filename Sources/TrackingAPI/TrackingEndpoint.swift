internal import EventJSON

/// A call of the Tracking API: what its body is, and the type that its event has.
struct TrackingEndpoint: Sendable, Equatable {
  let form: CallBody.Form
  /// Nil where each event brings its own.
  let type: EventType?

  /// Of a path without its query, with or without `/v1`; nil for any other path.
  init?(_ path: Substring) {
    let name = path.hasPrefix("/v1/") ? path.dropFirst(4) : path.dropFirst()
    guard path.hasPrefix("/"), let endpoint = TrackingEndpoint.named[String(name)] else {
      return nil
    }
    self = endpoint
  }

  private init(_ form: CallBody.Form, _ type: EventType? = nil) {
    self.form = form
    self.type = type
  }

  /// The one letters are what the browser's library calls.
  private static let named: [String: TrackingEndpoint] = [
    "identify": .init(.event, .identify), "i": .init(.event, .identify),
    "track": .init(.event, .track), "t": .init(.event, .track),
    "page": .init(.event, .page), "p": .init(.event, .page),
    "screen": .init(.event, .screen), "s": .init(.event, .screen),
    "group": .init(.event, .group), "g": .init(.event, .group),
    "alias": .init(.event, .alias), "a": .init(.event, .alias),
    "batch": .init(.batch), "b": .init(.batch), "import": .init(.batch),
  ]
}
