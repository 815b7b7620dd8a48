import DestinationKitTesting
import Testing

@testable import CollectorDestination

/// Three tests of the adapter, in this process: a fake host calls it, and its HTTP answers what a test says.
@Suite struct OutcomeTests {
  private static let event = #"{"type":"track","messageId":"m-1"}"#

  private func deliver(_ host: FakeHost) throws -> RunningAdapter.Result {
    let adapter = try host.start(
      CollectorDestination.self, settings: #"{"url":"https://collector.example.com/"}"#)
    return adapter.deliver([Self.event])[0]
  }

  @Test func `an event that the destination takes is delivered, as it is`() throws {
    let host = FakeHost()
    #expect(try deliver(host).outcome == .delivered)
    #expect(host.requests.map(\.body) == [Self.event])
  }

  @Test func `a destination that is busy is left alone for as long as it says`() throws {
    let busy = try deliver(FakeHost(answers: [.status(429, headers: ["retry-after": "7"])]))
    #expect(busy.outcome == .retry)
    #expect(busy.retryAfter == .seconds(7))
    #expect(busy.isForWholeDestination)
  }

  @Test func `no answer costs a retry, and credentials that are not accepted are told`() throws {
    #expect(try deliver(FakeHost(answers: [.failure(.unavailable)])).outcome == .retry)
    #expect(try deliver(FakeHost(answers: [.status(401)])).outcome == .credentialsRefused)
  }
}
