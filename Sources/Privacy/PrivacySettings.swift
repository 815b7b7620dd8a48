internal import EventJSON

/// The matchers of one workspace: the default ones and its own; a plain document.
package struct PrivacySettings: Codable, Sendable, Equatable {
  package static let currentFormat = 1
  package static let maximumCustomMatchers = 100
  package static let maximumSynonyms = 50
  package static let maximumSources = 1_000

  package var format: Int
  /// In the order they were added; none twice, at most ``maximumCustomMatchers``.
  package var customMatchers: [Matcher]
  /// What each source's events are held to, wherever they go; a destination's own are in its document.
  package var sourceControls: [String: Controls]?

  /// Not checked: see ``check()``.
  package init(customMatchers: [Matcher] = []) {
    format = Self.currentFormat
    self.customMatchers = customMatchers
  }

  private enum CodingKeys: String, CodingKey {
    case format
    case customMatchers = "custom_matchers"
    case sourceControls = "source_controls"
  }
}

// MARK: - What matches

extension PrivacySettings {
  /// Every matcher in force: custom ones in place of default ones of the same name, then the other custom ones.
  package var all: [Matcher] {
    let kept = DefaultMatchers.all.map { own(named: $0.name) ?? $0 }
    let added = customMatchers.filter { custom in
      !DefaultMatchers.all.contains { $0.isNamed(custom.name) }
    }
    return kept + added
  }

  /// The controls of a source; empty for one that nobody has decided about.
  package func controls(ofSource source: String) -> Controls {
    sourceControls?[source] ?? Controls()
  }

  /// The matcher in force under that name, folded; synonyms are not names.
  package func matcher(named name: String) -> Matcher? {
    own(named: name) ?? DefaultMatchers.all.first { $0.isNamed(name) }
  }

  /// The keys to encrypt when these matchers are chosen: folded key → name of its matcher.
  ///
  /// Throws `unknownMatcher`, `topLevelKey`, `notYellow`, or `conflict` when two of all matchers in force share a key.
  package func encryptableKeys(
    for fields: [String]
  ) throws(PrivacyError) -> [String: String] {
    try check()
    var keys: [String: String] = [:]
    for field in fields {
      let matcher = try encryptable(field)
      for key in matcher.foldedKeys { keys[key] = matcher.name }
    }
    return keys
  }

  private func encryptable(_ field: String) throws(PrivacyError) -> Matcher {
    guard !Self.topLevelKeys.contains(KeyFolding.fold(field)) else { throw .topLevelKey(field) }
    guard let matcher = matcher(named: field) else { throw .unknownMatcher(field) }
    guard matcher.isExact else { throw .detectionOnly(matcher.name) }
    guard matcher.classification == .yellow else {
      throw .notYellow(matcher: matcher.name, classification: matcher.classification)
    }
    return matcher
  }

  private func own(named name: String) -> Matcher? {
    customMatchers.first { $0.isNamed(name) }
  }

  private static let topLevelKeys: Set<String> = ["userid", "anonymousid", "messageid"]
}

// MARK: - Changes

extension PrivacySettings {
  /// With this custom matcher, in place of one of the same name.
  ///
  /// One that overrides a default matcher and names no synonym keeps those of the default one.
  package func adding(_ matcher: Matcher) throws(PrivacyError) -> PrivacySettings {
    var matcher = matcher
    if matcher.synonyms.isEmpty, matcher.isExact {
      matcher.synonyms = DefaultMatchers.all.first { $0.isNamed(matcher.name) }?.synonyms ?? []
    }
    return try replacing(matcher)
  }

  /// With this custom matcher, exactly as it is.
  private func replacing(_ matcher: Matcher) throws(PrivacyError) -> PrivacySettings {
    var new = self
    var matcher = matcher
    matcher.isDefault = false
    if let index = new.customMatchers.firstIndex(where: { $0.isNamed(matcher.name) }) {
      new.customMatchers[index] = matcher
    } else {
      guard customMatchers.count < Self.maximumCustomMatchers else {
        throw .tooManyMatchers(maximum: Self.maximumCustomMatchers)
      }
      new.customMatchers.append(matcher)
    }
    try new.check()
    return new
  }

  /// Without this custom matcher; a default one that it had replaced is in force again.
  package func removing(_ name: String) throws(PrivacyError) -> PrivacySettings {
    guard own(named: name) != nil else {
      guard matcher(named: name) == nil else { throw .defaultMatcher(name) }
      throw .unknownMatcher(name)
    }
    var new = self
    new.customMatchers.removeAll { $0.isNamed(name) }
    try new.check()
    return new
  }

  /// With another classification; a default matcher gets a custom one in its place, with its synonyms.
  package func classifying(
    _ name: String, as classification: Classification
  ) throws(PrivacyError) -> PrivacySettings {
    guard var matcher = matcher(named: name) else { throw .unknownMatcher(name) }
    matcher.classification = classification
    return try replacing(matcher)
  }
}

extension PrivacySettings {
  /// The matcher goes by this key too; a default one gets a custom one in its place.
  package func addingSynonym(
    _ synonym: String, to name: String
  ) throws(PrivacyError) -> PrivacySettings {
    guard var matcher = matcher(named: name) else { throw .unknownMatcher(name) }
    guard !matcher.foldedKeys.contains(KeyFolding.fold(synonym)) else {
      throw .hasSynonym(matcher: matcher.name, synonym: Self.printable(synonym))
    }
    matcher.synonyms.append(synonym)
    return try replacing(matcher)
  }

  /// The matcher goes by this key no longer; its name stays.
  package func removingSynonym(
    _ synonym: String, from name: String
  ) throws(PrivacyError) -> PrivacySettings {
    guard var matcher = matcher(named: name) else { throw .unknownMatcher(name) }
    let key = KeyFolding.fold(synonym)
    guard matcher.synonyms.contains(where: { KeyFolding.fold($0) == key }) else {
      throw .noSynonym(matcher: matcher.name, synonym: Self.printable(synonym))
    }
    matcher.synonyms.removeAll { KeyFolding.fold($0) == key }
    return try replacing(matcher)
  }

  /// With the Safe Harbor matchers that are not there yet; keys that another matcher owns are left to it.
  package func addingSafeHarbor() throws(PrivacyError) -> PrivacySettings {
    var new = self
    for matcher in SafeHarbor.matchers where new.matcher(named: matcher.name) == nil {
      var matcher = matcher
      let owned = new.ownedKeys
      guard !owned.contains(KeyFolding.fold(matcher.name)) else { continue }
      matcher.synonyms.removeAll { owned.contains(KeyFolding.fold($0)) }
      new = try new.adding(matcher)
    }
    return new
  }

  /// With other controls for a source; empty ones are forgotten.
  package func controlling(
    source: String, by controls: Controls
  ) throws(PrivacyError) -> PrivacySettings {
    var new = self
    var all = sourceControls ?? [:]
    all[source] = controls.isEmpty ? nil : controls
    guard all.count <= Self.maximumSources else {
      throw .tooManySources(maximum: Self.maximumSources)
    }
    new.sourceControls = all.isEmpty ? nil : all
    return new
  }

  /// Every key that an exact matcher in force goes by, folded.
  package var ownedKeys: Set<String> {
    all.filter(\.isExact).reduce(into: []) { $0.formUnion($1.foldedKeys) }
  }
}

// MARK: - Checks

extension PrivacySettings {
  /// Whether the custom matchers are well formed and no key belongs to two matchers in force.
  package func check() throws(PrivacyError) {
    guard customMatchers.count <= Self.maximumCustomMatchers else {
      throw .tooManyMatchers(maximum: Self.maximumCustomMatchers)
    }
    var names: Set<String> = []
    for matcher in customMatchers {
      try Self.checkForm(of: matcher)
      guard names.insert(KeyFolding.fold(matcher.name)).inserted else {
        throw .duplicateMatcher(matcher.name)
      }
    }
    try checkKeys()
  }

  private func checkKeys() throws(PrivacyError) {
    var owners: [String: String] = [:]
    for matcher in all where matcher.isExact {
      for key in matcher.foldedKeys {
        if let other = owners.updateValue(matcher.name, forKey: key) {
          throw .conflict(key: key, first: other, second: matcher.name)
        }
      }
    }
  }

  private static func checkForm(of matcher: Matcher) throws(PrivacyError) {
    guard isKey(matcher.name) else { throw .badName(printable(matcher.name)) }
    guard matcher.synonyms.count <= maximumSynonyms else {
      throw .tooManySynonyms(matcher: matcher.name, maximum: maximumSynonyms)
    }
    guard matcher.synonyms.allSatisfy(isKey) else { throw .badSynonym(matcher: matcher.name) }
    guard case .value(let pattern) = matcher.kind else { return }
    do throws(PatternError) {
      _ = try ValuePattern(pattern)
    } catch {
      throw .badPattern(matcher: matcher.name, error)
    }
  }

  private static func isKey(_ text: String) -> Bool {
    (1...64).contains(text.count) && text.utf8.count <= 256
      && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
      && KeyFolding.fold(text).contains { $0.isLetter || $0.isNumber }
  }

  /// At most 64 characters, none of them a control character.
  private static func printable(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.prefix(64).filter { $0.properties.generalCategory != .control }))
  }
}
