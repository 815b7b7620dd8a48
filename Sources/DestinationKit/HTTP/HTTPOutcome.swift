extension HTTPResponse {
  /// What an answer means for the events that were sent, the same for every adapter.
  ///
  /// | status | outcome | who must act |
  /// |---|---|---|
  /// | 200 to 299 | delivered | nobody |
  /// | 300 to 399 | retry, the whole destination | the operator: the URL has moved, and the host does not follow |
  /// | 401, 403, 407 | credentials refused | the operator |
  /// | 408, 425 | retry | nobody |
  /// | 409 | `conflict`: a duplicate unless the adapter says otherwise | nobody |
  /// | 429, 503 | retry, the whole destination | nobody |
  /// | other 400 to 499 | rejected | whoever made the event, or the operator |
  /// | other 500 to 599 | retry | nobody |
  ///
  /// With a retry, `Retry-After` is obeyed, in seconds or as a date. A failure to get any answer is an ``HTTPFailure``:
  /// a retry, too, or where the operator has not allowed the URL, credentials refused.
  public func outcome(host: AdapterHost, conflict: Outcome = .duplicate) -> Outcome {
    outcome(unixSeconds: host.unixNanoseconds / 1_000_000_000, conflict: conflict)
  }

  func outcome(unixSeconds now: Int64, conflict: Outcome = .duplicate) -> Outcome {
    let code = Int32(clamping: status)
    let detail = "HTTP status \(status)"
    switch status {
    case 200...299: return .delivered
    case 401, 403, 407: return .credentialsRefused(code: code, detail: detail)
    case 409: return conflict
    case 408, 425, 429, 500...599:
      return .retry(
        after: header("retry-after").flatMap { RetryAfter.delay($0, unixSeconds: now) },
        wholeDestination: status == 429 || status == 503, code: code, detail: detail)
    case 400...499: return .rejected(code: code, detail: detail)
    default:
      return .retry(
        wholeDestination: true, code: code,
        detail: "\(detail): the URL leads elsewhere, and the request cannot be repeated there")
    }
  }
}
