package import Privacy

extension KeySightings: Document {}

// MARK: - What was seen

extension Workspace {
  /// The key paths that runs have seen; empty before the first run.
  ///
  /// It is what a run observed, no configuration: written by the running host alone, without audit, and never read
  /// by what decides. Throws `badDocument` and its like.
  package func keySightings() throws(WorkspaceError) -> KeySightings {
    guard Disk.exists(layout.keySightings) else { return KeySightings() }
    return try WorkspaceState.document(at: layout.keySightings)
  }

  /// Replaces them; paths that were not seen for ``KeySightings/memory`` are left out.
  package func keep(_ sightings: KeySightings, at now: Int) throws(WorkspaceError) {
    var kept = sightings
    kept.paths.removeAll { $0.lastSeen < now - KeySightings.memory }
    try Disk.replace(layout.keySightings, with: try DocumentCoding.encode(kept))
  }
}
