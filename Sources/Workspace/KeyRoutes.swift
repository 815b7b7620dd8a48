package import Privacy

/// What becomes of keys on their way from sources to the destinations that are on, by the settings in force.
package struct KeyRoutes: Sendable {
  package let destinations: [Destination]
  private let detector: Detector
  /// By destination, then by source: folded key → action.
  private var actions: [String: [String: [String: KeyAction]]] = [:]

  /// - Parameter sources: ids of those that are asked for later.
  package init(
    _ workspace: Workspace, from sources: some Sequence<String>
  ) throws(WorkspaceError) {
    destinations = workspace.destinations().filter(\.enabled)
    detector = Detector(workspace.privacy)
    for source in Set(sources) {
      for destination in destinations {
        actions[destination.id, default: [:]][source] =
          try workspace.decisions(from: source, to: destination).mapValues(\.action)
      }
    }
  }

  /// The matcher that a key path is classified by; nil when none owns it.
  package func owner(of sighting: KeySighting) -> Matcher? {
    detector.owner(of: sighting.foldedKey)
  }

  /// What is done with it at a destination: one action, or several where sources have controls of their own.
  package func actions(of sighting: KeySighting, at destination: String) -> Set<KeyAction> {
    Set(
      sighting.sources.keys.compactMap { source in
        actions[destination]?[source].map { sighting.action($0) }
      })
  }

  /// Paths that look like personal data, are classified by nobody, and go to a destination in clear.
  package func likelyInClear(_ sightings: KeySightings, at destination: String) -> [KeySighting] {
    sightings.paths.filter {
      $0.finding != nil && owner(of: $0) == nil
        && actions(of: $0, at: destination).contains(.pass)
    }
  }
}
