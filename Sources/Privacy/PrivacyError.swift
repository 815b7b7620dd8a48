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
    }
  }
}
