internal import EventJSON

/// One key path that was seen inside `context`, `traits` or `properties`; never a value.
package struct KeySighting: Codable, Equatable, Sendable {
  /// The keys that lead to it, the section's first; what looked like a value is `{…}`.
  package let path: [String]
  /// What it looks like; nil for a key like no matcher's.
  package var finding: Finding?
  /// The calls it came in, such as `track`.
  package var types: [String] = []
  /// Names of `track` events and how often each; at most ``mostEvents``, the rest under `…`.
  package var events: [String: Int] = [:]
  /// Events that held it, by source.
  package var sources: [String: Int] = [:]
  /// JSON type of an example, such as `string`.
  package var kind: String
  /// Length of that example's JSON text, in bytes.
  package var length: Int
  /// Seconds since 1970.
  package var firstSeen: Int
  package var lastSeen: Int
  /// Destinations that it went to in clear while it looked like personal data; each was warned of once.
  package var warned: [String] = []

  package static let mostEvents = 8

  /// As shown: `properties.patient.name`.
  package var text: String { path.joined(separator: ".") }
  /// The key itself.
  package var key: String { path.last ?? "" }
  package var foldedKey: String { KeyFolding.fold(key) }
  /// Whether a matcher can go by this key.
  package var isClassifiable: Bool { key != SightedName.placeholder }
  package var count: Int { sources.values.reduce(0, +) }

  /// What becomes of it at a destination with these actions, by folded key.
  package func action(_ actions: [String: KeyAction]) -> KeyAction {
    KeyAction.ofPath(path.map(KeyFolding.fold), actions)
  }

  private enum CodingKeys: String, CodingKey {
    case path, finding, types, events, sources, kind, length, warned
    case firstSeen = "first_seen"
    case lastSeen = "last_seen"
  }
}

/// Every key path that a workspace's runs have seen: written by the host as it runs, no configuration.
package struct KeySightings: Codable, Equatable, Sendable {
  package static let currentFormat = 1
  /// Paths that are kept; what comes beyond is counted.
  package static let mostPaths = 2_000
  /// Seconds after which a path that was not seen again is forgotten.
  package static let memory = 90 * 86_400

  package var format = currentFormat
  package var paths: [KeySighting]
  /// Sightings of paths that found no room.
  package var pathsNotKept: Int
  /// Events of which only some were looked at, because their shapes found no room.
  package var eventsNotCounted: Int

  package init(paths: [KeySighting] = [], pathsNotKept: Int = 0, eventsNotCounted: Int = 0) {
    self.paths = paths
    self.pathsNotKept = pathsNotKept
    self.eventsNotCounted = eventsNotCounted
  }

  private enum CodingKeys: String, CodingKey {
    case format, paths
    case pathsNotKept = "paths_not_kept"
    case eventsNotCounted = "events_not_counted"
  }
}
