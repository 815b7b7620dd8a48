import Testing

@testable import DestinationKit

@Suite struct HTTPOutcomeTests {
  private static let now: Int64 = 784_111_777 - 30  // half a minute before the dates below

  @Test(arguments: [
    (200, Outcome.Kind.delivered), (201, .delivered), (202, .delivered), (204, .delivered),
    (299, .delivered), (301, .retry), (302, .retry), (304, .retry), (307, .retry),
    (400, .rejected), (401, .credentialsRefused), (402, .rejected), (403, .credentialsRefused),
    (404, .rejected), (407, .credentialsRefused), (408, .retry), (409, .duplicate),
    (410, .rejected), (413, .rejected), (422, .rejected), (425, .retry), (429, .retry),
    (431, .rejected), (500, .retry), (501, .retry), (502, .retry), (503, .retry), (504, .retry),
    (599, .retry),
  ])
  func `a status has one outcome for every adapter`(status: Int, kind: Outcome.Kind) {
    let outcome = HTTPResponse(status: status).outcome(unixSeconds: 0)
    #expect(outcome.kind == kind)
    let isFine = kind == .delivered || kind == .duplicate
    #expect(outcome.code == (isFine ? 0 : Int32(status)))
  }

  @Test(arguments: [
    (301, true), (429, true), (503, true), (408, false), (500, false), (502, false),
  ])
  func `what holds for the next request, too, holds for the whole destination`(
    status: Int, isWhole: Bool
  ) {
    #expect(
      HTTPResponse(status: status).outcome(unixSeconds: 0).isForWholeDestination == isWhole)
  }

  @Test func `a conflict is what the adapter says it is`() {
    let conflict = HTTPResponse(status: 409)
    #expect(conflict.outcome(unixSeconds: 0, conflict: .rejected(code: 409)).kind == .rejected)
  }

  @Test(arguments: [
    ("0", Duration.seconds(0)), ("3", .seconds(3)), ("120", .seconds(120)), (" 7", .seconds(7)),
    ("999999999999999999999999", .seconds(86_400)), ("86401", .seconds(86_400)),
    ("Sun, 06 Nov 1994 08:49:37 GMT", .seconds(30)),
    ("Sunday, 06-Nov-94 08:49:37 GMT", .seconds(30)), ("Sun Nov  6 08:49:37 1994", .seconds(30)),
    ("Sun, 06 Nov 1994 08:49:00 GMT", .seconds(0)), ("Sat, 06 Nov 1993 08:49:37 GMT", .seconds(0)),
    ("Mon, 06 Nov 2034 08:49:37 GMT", .seconds(86_400)),
  ])
  func `Retry-After is seconds or a date`(text: String, delay: Duration) {
    let response = HTTPResponse(status: 503, headers: [HTTPHeader("retry-after", text)])
    #expect(response.outcome(unixSeconds: Self.now).retryAfter == delay)
  }

  @Test(arguments: [
    "", "soon", "-1", "1.5", "+3", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 32 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nev 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT", "06 Nov 1994", "a b c d e f",
    "Sun, 06 Nov 99999999999999999999 08:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT", "٣",
  ])
  func `a Retry-After that is neither leaves the delay to the host`(text: String) {
    let response = HTTPResponse(status: 429, headers: [HTTPHeader("retry-after", text)])
    let outcome = response.outcome(unixSeconds: Self.now)
    #expect(outcome.kind == .retry)
    #expect(outcome.retryAfter == nil)
  }

  @Test(arguments: [
    (HTTPFailure.Kind.unavailable, true), (.timedOut, false), (.invalid, false),
    (.tooLarge, false), (.cancelled, false),
  ])
  func `no answer is a retry with the host's reason`(kind: HTTPFailure.Kind, isWhole: Bool) {
    let outcome = HTTPFailure(kind, "why").outcome
    #expect(outcome.kind == .retry)
    #expect(outcome.detail == "why")
    #expect(outcome.isForWholeDestination == isWhole)
  }

  @Test func `what the operator does not allow waits for the operator`() {
    #expect(HTTPFailure(.refused, "why").outcome == .credentialsRefused(detail: "why"))
  }
}
