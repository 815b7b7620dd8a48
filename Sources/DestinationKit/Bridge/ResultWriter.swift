internal import CDestinationAdapter

/// Writes outcomes into the host's array of results, by the host's stride.
@safe struct ResultWriter {
  private let results: UnsafeMutableRawPointer?
  private let stride: Int
  private let count: Int
  private let call: CallToken
  private let host: AdapterHost

  /// nil where there is no array for the events of the batch.
  init?(
    _ results: UnsafeMutablePointer<destination_result>?,
    of batch: UnsafePointer<destination_batch>,
    host: AdapterHost
  ) {
    count = Int(unsafe batch.pointee.event_count)
    stride = Int(unsafe batch.pointee.result_stride)
    let isThere = unsafe results != nil
    guard count == 0 || isThere, stride >= ABISize.result
    else { return nil }
    unsafe self.results = UnsafeMutableRawPointer(results)
    call = unsafe CallToken(rawValue: batch.pointee.call_token)
    self.host = host
  }

  /// One result for each event; an event that the adapter left out is retried.
  func write(_ outcomes: Outcomes) {
    for index in 0..<count {
      switch outcomes.form {
      case .same(let outcome): write(outcome, at: index)
      case .each(let list): write(index < list.count ? list[index] : Self.leftOut, at: index)
      }
    }
  }

  private static let leftOut = Outcome.retry(detail: "the adapter did not come to this event")

  private func write(_ outcome: Outcome, at index: Int) {
    let result = destination_result(
      outcome: outcome.kind.rawValue, remote_code: outcome.code,
      retry_after_ms: outcome.retryAfter?.clampedMilliseconds ?? 0,
      flags: outcome.isForWholeDestination ? DESTINATION_WHOLE_DESTINATION : 0)
    unsafe results?.storeBytes(
      of: result, toByteOffset: index * stride, as: destination_result.self)
    if let detail = outcome.detail {
      host.detail(detail, ofEvent: UInt32(clamping: index), call: call)
    }
  }
}

extension Duration {
  /// Rounded up, within what a result can say.
  fileprivate var clampedMilliseconds: UInt32 {
    let (seconds, attoseconds) = components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    if overflow { return seconds > 0 ? .max : 0 }
    let rest = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    return UInt32(clamping: whole.addingReportingOverflow(rest).partialValue)
  }
}
