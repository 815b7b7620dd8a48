internal import EventJSON
internal import Synchronization

/// A key that looks like personal data and goes to a destination in clear.
package struct ClearWarning: Equatable, Sendable {
  package let path: String
  package let destination: String
  package let finding: Finding
}

/// What one run has seen, for all its threads; asked for new shapes of events and at the end of blocks only.
package final class KeyLedger: Sendable {
  private let state: Mutex<State>

  /// A destination, and what it does with which folded keys.
  package typealias Destination = (id: String, actions: [String: KeyAction])

  private struct State {
    var sightings: KeySightings
    var places: [[String]: Int] = [:]
    var detector = Detector(PrivacySettings())
    /// What the detector says of a key by its name, which it takes long to say: asked once for each.
    var findings: [String: Finding?] = [:]
    var destinations: @Sendable (_ source: String) -> [Destination] = { _ in [] }
  }

  /// - Parameter sightings: those of earlier runs.
  package init(_ sightings: KeySightings) {
    var places: [[String]: Int] = [:]
    for (index, sighting) in sightings.paths.enumerated() { places[sighting.path] = index }
    state = Mutex(State(sightings: sightings, places: places))
  }

  /// From now on by these matchers, and these destinations of each source.
  package func follow(
    _ detector: Detector, _ destinations: @escaping @Sendable (_ source: String) -> [Destination]
  ) {
    state.withLock { state in
      state.detector = detector
      state.findings.removeAll()
      state.destinations = destinations
    }
  }

  /// Everything seen so far.
  package var sightings: KeySightings { state.withLock { $0.sightings } }

  /// Looks at one event closely: its paths become known, and its values are read where a matcher reads values.
  ///
  /// - Returns: the places of its paths, each once, and what is to be warned of.
  func look(
    _ event: RawSpan, from source: String, at now: Int
  ) -> (places: [Int], warnings: [ClearWarning]) {
    let members = SectionWalk.members(of: event)
    return state.withLock { state in
      var places: [Int] = []
      var warnings: [ClearWarning] = []
      for member in members {
        guard let place = place(of: member, &state, at: now) else { continue }
        if !places.contains(place) { places.append(place) }
        warnings += look(member, of: event, from: source, place, &state)
      }
      return (places, warnings)
    }
  }

  /// Counts events of one shape.
  func count(
    _ places: [Int], events count: Int, type: EventType, name: String?, from source: String,
    at now: Int
  ) {
    state.withLock { state in
      for place in places {
        state.sightings.paths[place].add(count, type, name, source: source, at: now)
      }
    }
  }

  func addEventsNotCounted(_ count: Int) {
    state.withLock { $0.sightings.eventsNotCounted += count }
  }
}

// MARK: - One member

extension KeyLedger {
  /// Its place in the list; nil when there is no room.
  private func place(of member: SectionMember, _ state: inout State, at now: Int) -> Int? {
    let path = member.path.map(SightedName.kept)
    if let known = state.places[path] { return known }
    guard state.sightings.paths.count < KeySightings.mostPaths else {
      state.sightings.pathsNotKept += 1
      return nil
    }
    let place = state.sightings.paths.count
    state.places[path] = place
    state.sightings.paths.append(
      KeySighting(
        path: path, kind: member.kind.name, length: member.value.count, firstSeen: now,
        lastSeen: now))
    return place
  }

  private func look(
    _ member: SectionMember, of event: RawSpan, from source: String, _ place: Int,
    _ state: inout State
  ) -> [ClearWarning] {
    var sighting = state.sightings.paths[place]
    defer { state.sightings.paths[place] = sighting }
    sighting.kind = member.kind.name
    sighting.length = member.value.count
    let key = sighting.foldedKey
    guard state.detector.owner(of: key) == nil else {
      sighting.finding = nil
      return []
    }
    if sighting.finding == nil {
      sighting.finding =
        nameFinding(key, &state) ?? finding(member, event, state.detector)
    }
    guard let finding = sighting.finding else { return [] }
    let destinations = state.destinations(source).filter { id, actions in
      !sighting.warned.contains(id) && sighting.action(actions) == .pass
    }.map(\.id)
    sighting.warned += destinations
    return destinations.map { ClearWarning(path: sighting.text, destination: $0, finding: finding) }
  }

  private func nameFinding(_ foldedKey: String, _ state: inout State) -> Finding? {
    if let known = state.findings[foldedKey] { return known }
    let finding = state.detector.finding(key: foldedKey)
    // As many keys as there may be paths; what comes beyond them is asked again.
    if state.findings.count < KeySightings.mostPaths { state.findings[foldedKey] = .some(finding) }
    return finding
  }

  private func finding(
    _ member: SectionMember, _ event: RawSpan, _ detector: Detector
  ) -> Finding? {
    guard detector.readsValues, let text = member.text(in: event) else { return nil }
    return detector.finding(value: text)
  }
}

extension KeyAction {
  /// What becomes of the value at the end of a path: its own key's action, or that of what it stands in.
  static func ofPath(_ foldedKeys: [String], _ actions: [String: KeyAction]) -> KeyAction {
    let path = foldedKeys.dropFirst().map { actions[$0] ?? .pass }
    if path.contains(.remove) { return .remove }
    return path.first { $0 != .pass } ?? .pass
  }
}

extension SectionMember {
  /// The beginning of the text that a matcher reads: a string's own, or a number as it is written.
  fileprivate func text(in event: RawSpan) -> String? {
    let bytes: [UInt8]
    switch kind {
    case .number: bytes = event.bytes(value)
    case .string:
      var unescaped: [UInt8] = []
      let content = event.extracting(value.lowerBound + 1..<value.upperBound - 1)
      guard content.byteCount <= 4 * ValuePattern.longestText,
        JSONString.unescape(content, appendingTo: &unescaped)
      else { return nil }
      bytes = unescaped
    default: return nil
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension RawSpan {
  fileprivate func bytes(_ range: Range<Int>) -> [UInt8] {
    unsafe extracting(range).withUnsafeBytes { unsafe Array($0) }
  }
}

extension KeySighting {
  fileprivate mutating func add(
    _ count: Int, _ type: EventType, _ name: String?, source: String, at now: Int
  ) {
    sources[source, default: 0] += count
    lastSeen = max(lastSeen, now)
    let typeName = type.name.description
    if !types.contains(typeName) { types.append(typeName) }
    guard let name else { return }
    let isKept = events[name] != nil || events.count < Self.mostEvents
    events[isKept ? name : "…", default: 0] += count
  }
}
