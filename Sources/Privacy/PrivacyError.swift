/// What a change of the privacy settings or a choice of fields is refused for; never a value of an event.
package enum PrivacyError: Error, Hashable {
  case unknownMatcher(String)
  case topLevelKey(String)
  case notYellow(matcher: String, classification: Classification)
  case conflict(key: String, first: String, second: String)
  case badName(String)
  case badSynonym(matcher: String)
  case tooManySynonyms(matcher: String, maximum: Int)
  case tooManyMatchers(maximum: Int)
  case defaultMatcher(String)
  case duplicateMatcher(String)
  case detectionOnly(String)
  case badPattern(matcher: String, PatternError)
  case hasSynonym(matcher: String, synonym: String)
  case noSynonym(matcher: String, synonym: String)
  case tooManySources(maximum: Int)
}

extension PrivacyError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unknownMatcher(let name):
      "field \"\(name)\": there is no matcher of that name. See: sealpost matcher list"
    case .topLevelKey(let name):
      "field \"\(name)\": userId, anonymousId and messageId cannot be encrypted, and may themselves "
        + "identify a person. Send ids that say nothing about who it is."
    case .notYellow(let matcher, let classification):
      "field \"\(matcher)\": its matcher is classified \(classification.rawValue), and only yellow "
        + "fields can be encrypted. Reclassify it: sealpost matcher add \"\(matcher)\" "
        + "--classification yellow"
    case .conflict(let key, let first, let second):
      "matcher \"\(second)\": the key \"\(key)\" belongs to the matcher \"\(first)\" already. "
        + "Take it from one of the two."
    case .badName(let name):
      "matcher \"\(name)\": a name has 1 to 64 characters, at least one a letter or digit, and no "
        + "control character. Choose another."
    case .badSynonym(let matcher):
      "matcher \"\(matcher)\": a synonym has 1 to 64 characters, at least one a letter or digit, and "
        + "no control character. Correct it."
    case .tooManySynonyms(let matcher, let maximum):
      "matcher \"\(matcher)\": it has more than \(maximum) synonyms. Split it in two."
    case .tooManyMatchers(let maximum):
      "matcher not added: there are \(maximum) custom matchers already. Remove one first."
    case .defaultMatcher(let name):
      "matcher \"\(name)\": it ships with Sealpost and is not removed. Override it: "
        + "sealpost matcher add \"\(name)\" --classification green"
    case .duplicateMatcher(let name):
      "matcher \"\(name)\": it is listed twice. Remove one of the two."
    case .detectionOnly(let name):
      "field \"\(name)\": its matcher finds similar keys or values, and only exact keys can be "
        + "encrypted. Add one for the key itself: sealpost matcher add KEY --classification yellow"
    case .badPattern(let matcher, let error):
      "matcher \"\(matcher)\": its pattern is not taken, at character \(error.position): "
        + "\(error.reason.rawValue). Correct it."
    case .hasSynonym(let matcher, let synonym):
      "matcher \"\(matcher)\": it goes by \"\(synonym)\" already. See: sealpost matcher list"
    case .noSynonym(let matcher, let synonym):
      "matcher \"\(matcher)\": \"\(synonym)\" is no synonym of it. See: sealpost matcher list"
    case .tooManySources(let maximum):
      "source not changed: \(maximum) sources have controls already. Take those of another back: "
        + "sealpost control set --source S red=default yellow=default"
    }
  }
}
