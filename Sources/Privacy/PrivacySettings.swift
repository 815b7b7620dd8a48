internal import EventJSON

/// The matchers of one workspace: the default ones and its own; a plain document.
package struct PrivacySettings: Codable, Sendable, Equatable {
  package static let currentFormat = 1
  package static let maximumCustomMatchers = 100
  package static let maximumSynonyms = 50

  package var format: Int
  /// In the order they were added; none twice, at most ``maximumCustomMatchers``.
  package var customMatchers: [Matcher]

  /// Not checked: see ``check()``.
  package init(customMatchers: [Matcher] = []) {
    format = Self.currentFormat
    self.customMatchers = customMatchers
  }

  private enum CodingKeys: String, CodingKey {
    case format
    case customMatchers = "custom_matchers"
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
    var new = self
    var matcher = matcher
    matcher.isDefault = false
    if matcher.synonyms.isEmpty {
      matcher.synonyms = DefaultMatchers.all.first { $0.isNamed(matcher.name) }?.synonyms ?? []
    }
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
    return try adding(matcher)
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
    for matcher in all {
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
