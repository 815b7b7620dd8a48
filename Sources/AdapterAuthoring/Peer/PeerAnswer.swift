/// What the scripted peer does with one request.
package enum PeerAnswer: Sendable, Equatable {
  /// Answers at once.
  case status(Int, headers: [String: String] = [:], body: String = "{}")
  /// Answers 200 after this time.
  case slow(Duration)
  /// Breaks the connection.
  case reset
  /// Never answers.
  case silent
  /// Answers with a status and the request's own body.
  case echo(Int)
  /// Has the call called off while the request is under way.
  case calledOff
  /// As a host does that has not approved the URL.
  case refused

  /// From a word of a script: a status, `429:7` with `Retry-After: 7`, or `slow`, `reset`, `silent`, `refused`.
  package init(_ word: String) throws(AuthoringError) {
    switch word {
    case "slow": self = .slow(.milliseconds(500))
    case "reset": self = .reset
    case "silent": self = .silent
    case "refused": self = .refused
    default:
      let parts = word.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard let status = Int(parts[0]), (200...599).contains(status) else {
        throw .badScript(word)
      }
      self = .status(
        status, headers: parts.count == 2 ? ["retry-after": String(parts[1])] : [:])
    }
  }

  /// From words with commas between.
  package static func script(_ text: String) throws(AuthoringError) -> [PeerAnswer] {
    var answers: [PeerAnswer] = []
    for word in text.split(separator: ",") {
      answers.append(try PeerAnswer(word.filter { $0 != " " }))
    }
    return answers
  }
}
