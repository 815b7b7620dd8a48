internal import DestinationKit

/// The requests that a batch becomes: `POST /v1/batch`, as Segment's HTTP tracking API has it.
struct Requests {
  /// Of the API: 2,500 events and 500 KB a request, less the frame around the events.
  static let limits = PartLimits(events: 2500, bytes: 500_000 - 64)
  /// Of the API, for one event.
  private static let longestEvent = 32_768

  let events: MappedEvents
  let request: HTTPRequest

  init(_ batch: borrowing Batch, _ settings: Settings) {
    var events = settings.mapping.map(batch)
    events.reject(longerThan: Self.longestEvent)
    self.events = events
    request = HTTPRequest(
      url: settings.url,
      headers: [
        HTTPHeader("Content-Type", "application/json"),
        HTTPHeader("Authorization", "Basic {{basic:write_key:}}"),
      ], timeout: settings.timeout)
  }

  /// `sentAt` is now: the receiver corrects each event's time by it.
  func body(of part: ArraySlice<Int>, unixNanoseconds now: Int64) -> [UInt8] {
    var body = Array(#"{"batch":"#.utf8)
    events.appendArray(of: part, to: &body)
    body += #","sentAt":"\#(UTCTime(unixNanoseconds: now).text)"}"#.utf8
    return body
  }
}
