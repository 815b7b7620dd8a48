internal import DestinationKit

/// Posts events to a URL of the operator's, several in one request.
///
/// Life: `init` checks the settings; `deliver` cuts the batch into requests and sends them one after the other. Where a
/// request is refused for what it holds, its halves are sent, until the event that the receiver does not take is found.
final class WebhookDestination: DestinationAdapter {
  static let description = AdapterDescription(
    product: "org.sealpost.webhook", version: "1.0.0", displayName: "Webhook",
    settings: Settings.described, maximumBatchEvents: 1000, requiredHostFeatures: .http)

  private let settings: Settings
  private let host: AdapterHost
  private let http: HTTPClient

  init(settings: Settings, host: AdapterHost) throws {
    guard let http = host.http else {
      throw AdapterProblem.unavailable("the host sends no HTTP requests. Use a newer host.")
    }
    self.settings = settings
    self.host = host
    self.http = http
  }

  func deliver(_ batch: borrowing Batch) throws -> Outcomes {
    let requests = Requests(batch, settings)
    var outcomes = [Outcome?](repeating: nil, count: batch.count)
    var parts: [Range<Int>] = requests.parts.reversed()
    while let part = parts.popLast(), !batch.isCancelled {
      let outcome = send(requests, part, of: batch)
      if outcome.isAboutContent, part.count > 1 {
        let middle = part.lowerBound + part.count / 2
        parts += [middle..<part.upperBound, part.lowerBound..<middle]
        continue
      }
      for index in part { outcomes[index] = outcome.outcome }
      if outcome.outcome.holdsForAll {
        return .each(outcomes.map { $0 ?? outcome.outcome })
      }
    }
    return .each(outcomes.map { $0 ?? .retry(detail: "the time of the batch was up") })
  }

  /// What became of one request.
  private struct Answer {
    let outcome: Outcome
    /// Whether a part of it may be taken where the whole was not.
    var isAboutContent = false
  }

  private func send(
    _ requests: Requests, _ events: Range<Int>, of batch: borrowing Batch
  ) -> Answer {
    let now = host.unixNanoseconds / 1_000_000_000
    let call = batch.call
    do {
      let request = requests.request(for: events, unixSeconds: now)
      let response = try requests.withBody(of: events, in: batch) { body throws in
        try http.send(request, body: body, call: call)
      }
      return Answer(
        outcome: response.outcome(host: host),
        isAboutContent: [400, 413, 422].contains(response.status))
    } catch let failure as HTTPFailure {
      return Answer(outcome: failure.outcome)
    } catch {
      return Answer(outcome: .retry(detail: "the request failed with \(type(of: error))"))
    }
  }
}

extension Outcome {
  /// Whether the next request would fare no better.
  fileprivate var holdsForAll: Bool { isForWholeDestination || kind == .credentialsRefused }
}
