internal import EventJSON

/// What a key that nobody has classified looks like.
package struct Finding: Codable, Equatable, Sendable {
  package enum Means: String, Codable, Sendable { case similar, value }

  /// The name of the matcher that it looks like.
  package let matcher: String
  package let classification: Classification
  package let means: Means

  package init(matcher: String, classification: Classification, means: Means) {
    self.matcher = matcher
    self.classification = classification
    self.means = means
  }
}

/// Tells classified keys, and what the others look like; immutable.
///
/// Slow on purpose: it compares with every key. It is asked once for each new key, and for some of the values.
package struct Detector: Sendable {
  private let owners: [String: Matcher]
  private let similar: [(key: String, matcher: Matcher)]
  private let patterns: [(pattern: ValuePattern, matcher: Matcher)]

  package init(_ settings: PrivacySettings) {
    let all = settings.all
    owners = all.filter(\.isExact).reduce(into: [:]) { owners, matcher in
      for key in matcher.foldedKeys { owners[key] = matcher }
    }
    similar = all.filter { $0.classification != .green && !$0.isByValue }.flatMap { matcher in
      matcher.foldedKeys.map { ($0, matcher) }
    }
    patterns = all.compactMap { matcher in
      guard case .value(let text) = matcher.kind, matcher.classification != .green,
        let pattern = try? ValuePattern(text)
      else { return nil }
      return (pattern, matcher)
    }
  }

  /// Whether any matcher looks at values.
  package var readsValues: Bool { !patterns.isEmpty }

  /// The exact matcher that the folded key belongs to.
  package func owner(of key: String) -> Matcher? { owners[key] }

  /// The red or yellow matcher with the key that is most similar.
  package func finding(key: String) -> Finding? {
    let near = similar.map { ($0.matcher, Similarity.coefficient($0.key, key)) }
      .max { $0.1 < $1.1 }
    guard let (matcher, coefficient) = near, coefficient > Similarity.threshold else { return nil }
    return Finding(
      matcher: matcher.name, classification: matcher.classification, means: .similar)
  }

  /// The first matcher whose pattern finds something in the value's text.
  package func finding(value: String) -> Finding? {
    guard let found = patterns.first(where: { $0.pattern.matches(value) }) else { return nil }
    return Finding(
      matcher: found.matcher.name, classification: found.matcher.classification, means: .value)
  }
}

extension Matcher {
  fileprivate var isByValue: Bool {
    if case .value = kind { true } else { false }
  }
}
