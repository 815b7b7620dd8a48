internal import DestinationKit

/// Puts one object into the bucket, in one request or in parts.
struct Upload {
  let http: HTTPClient
  let host: AdapterHost
  let settings: Settings
  let call: CallToken

  private var requests: Requests {
    Requests(settings: settings, unixNanoseconds: host.unixNanoseconds)
  }

  /// What becomes of the object's events.
  func put(_ key: String, _ body: ArraySlice<UInt8>) throws -> PartOutcome {
    do {
      if body.count > settings.partBytes {
        try putInParts(key, body)
      } else {
        try send(requests.put(key), body)
      }
      return .all(.delivered)
    } catch let refusal as Refusal {
      return refusal.outcome
    }
  }

  private func putInParts(_ key: String, _ body: ArraySlice<UInt8>) throws {
    let begun = try send(requests.begin(key))
    guard let upload = Requests.element("UploadId", in: begun.body) else { throw Self.nonsense }
    do {
      try finish(key, upload, body)
    } catch {
      // What is left of it costs the operator money; where this fails, too, the bucket's own rule has to end it.
      _ = try? send(requests.abort(key, upload: upload))
      throw error
    }
  }

  private func finish(_ key: String, _ upload: String, _ body: ArraySlice<UInt8>) throws {
    var tags: [String] = []
    for start in stride(from: body.startIndex, to: body.endIndex, by: settings.partBytes) {
      let part = body[start..<min(body.endIndex, start + settings.partBytes)]
      let answer = try send(requests.part(tags.count + 1, of: key, upload: upload), part)
      guard let tag = answer.header("etag") else { throw Self.nonsense }
      tags.append(tag)
    }
    let done = try send(requests.complete(key, upload: upload), Requests.completion(tags)[...])
    // S3 begins to answer before it is done: 200, and an error in the body.
    if let code = Requests.element("Code", in: done.body) {
      throw DeliveryError(
        .retry(code: 200, detail: "the store could not put the parts together: \(code.prefix(64))"))
    }
  }

  @discardableResult
  private func send(
    _ request: HTTPRequest, _ body: ArraySlice<UInt8> = []
  ) throws -> HTTPResponse {
    let answer = try unsafe http.send(request, body: body.span.bytes, call: call)
    guard (200...299).contains(answer.status) else {
      throw Refusal(outcome: outcome(of: answer))
    }
    return answer
  }

  /// S3 says in the body what a status means; where it is none of the object's own size, bucket, policy or credentials
  /// are the operator's to mend, and no event is at fault.
  private func outcome(of answer: HTTPResponse) -> PartOutcome {
    let code = Requests.element("Code", in: answer.body).map { String($0.prefix(64)) }
    let detail = "HTTP status \(answer.status)\(code.map { ", \($0)" } ?? "")"
    let status = Int32(answer.status)
    switch (status, code) {
    case (400, "RequestTimeout"), (409, _): return .all(.retry(code: status, detail: detail))
    case (413, _), (400, "EntityTooLarge"), (400, nil):
      return .refused(.rejected(code: status, detail: detail))
    case (400...499, _) where ![408, 425, 429].contains(status):
      return .all(.credentialsRefused(code: status, detail: detail))
    default: return .all(answer.outcome(host: host))
    }
  }

  private static let nonsense = DeliveryError(
    .retry(wholeDestination: true, detail: "the store's answer is not one of S3's"))
}

/// An answer that is no success.
private struct Refusal: Error {
  let outcome: PartOutcome
}
