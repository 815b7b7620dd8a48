internal import AdapterLoading
internal import Foundation

/// The requests of a run and what they were answered, to be answered so again.
package struct Recording: Codable, Sendable, Equatable {
  struct Exchange: Codable, Sendable, Equatable {
    let method: String
    let url: String
    let headers: [String]
    let body: String
    /// A server's answer; nil where none came.
    let status: Int?
    var answerHeaders: [String: String]
    var answerBody: String
    /// Why none came.
    let failure: String?
  }

  /// Of the document.
  private(set) var format = 1
  let exchanges: [Exchange]

  /// Of what a peer saw; secrets are marks in it.
  package init(_ requests: [ScriptedPeer.Request]) {
    exchanges = requests.map(Exchange.init)
  }

  /// Throws where the document is none.
  package init(json: [UInt8], path: String) throws(AuthoringError) {
    guard let found = try? JSONDecoder().decode(Recording.self, from: Data(json)),
      found.format == 1
    else {
      throw .badFile(
        path: path, why: "it is no recording", mend: "Make one: sealpost adapter try … --record F")
    }
    self = found
  }

  /// The document, the same for the same exchanges.
  package var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) + "\n" } ?? ""
  }

  /// What a peer plays.
  var script: [PeerAnswer] {
    exchanges.map { exchange in
      if let status = exchange.status {
        return .status(status, headers: exchange.answerHeaders, body: exchange.answerBody)
      }
      return exchange.failure == "refused" ? .refused : .reset
    }
  }

  /// Where these requests are others; empty when all are the same.
  func differences(from requests: [ScriptedPeer.Request]) -> [String] {
    let now = requests.map(Exchange.init)
    var found: [String] = []
    for (index, (old, new)) in zip(exchanges, now).enumerated() {
      for (part, isSame) in [
        ("method", old.method == new.method), ("URL", old.url == new.url),
        ("header fields", old.headers == new.headers), ("body", old.body == new.body),
      ] where !isSame { found.append("request \(index + 1): another \(part)") }
    }
    if now.count != exchanges.count {
      found.append("\(now.count) requests, the recording has \(exchanges.count)")
    }
    return found
  }
}

extension Recording.Exchange {
  fileprivate init(_ request: ScriptedPeer.Request) {
    method = request.method
    url = request.url
    headers = request.headers.map { "\($0.name): \($0.value)" }
    body = String(decoding: request.body, as: UTF8.self)
    switch request.answer {
    case .response(let status, let headers, let body):
      self.status = status
      answerHeaders = Dictionary(
        headers.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
      answerBody = String(decoding: body, as: UTF8.self)
      failure = nil
    case .failure(let failure, _):
      status = nil
      answerHeaders = [:]
      answerBody = ""
      self.failure = failure == .refused ? "refused" : "no answer"
    }
  }
}
