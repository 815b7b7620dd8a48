import AdapterLoading
import Testing

@testable import DestinationHost

struct DestinationStandingTests {
  private func standing(after reports: HostReport...) -> DestinationStanding {
    reports.reduce(into: DestinationStanding()) { $0.take($1) }
  }

  @Test func `it starts, and is what the last report made of it`() {
    #expect(standing().state == .starting)
    #expect(standing(after: .paused("a", "it is paused")).state == .paused)
    #expect(standing(after: .gaveUp("a", "no")).state == .stopped)
    #expect(standing(after: .refused(destination: "a", reason: "no")).state == .refused)
    #expect(standing(after: .breaker("a", isOpen: true)).state == .probing)
    #expect(
      standing(after: .breaker("a", isOpen: true), .breaker("a", isOpen: false)).state == .running)
  }

  @Test func `what the destination answered is its last error, and why it is only probed`() {
    let retried = standing(
      after: .retrying("a", events: 2, after: .seconds(1), why: "remote code 503"))
    #expect(retried.lastError?.text == "remote code 503" && retried.reason == nil)
    let probed = standing(after: .breaker("a", isOpen: true, why: "remote code 500: down"))
    #expect(probed.reason == "it fails again and again: remote code 500: down")
  }

  @Test func `a quarantine is not made less by the refusal that follows it`() {
    let standing = standing(
      after: .gaveUp("a", "it crashed"), .quarantined("a"),
      .refused(destination: "a", reason: "quarantined"))
    #expect(standing.state == .quarantined)
    #expect(standing.reason == "it crashed")
  }

  @Test func `a pause is no error, and a failure stays known after it is over`() {
    #expect(standing(after: .paused("a", "it is paused")).lastError == nil)
    let mended = standing(
      after: .worker(destination: "a", .restarted(reason: "it crashed", restarts: 1)),
      .breaker("a", isOpen: false))
    #expect(mended.state == .running && mended.reason == nil)
    #expect(mended.lastError?.text == "it crashed")
    #expect(mended.restarts == 1)
  }

  @Test func `what an adapter logs is no error of the host's`() {
    #expect(standing(after: .worker(destination: "a", .log(level: 4, text: "x"))).lastError == nil)
  }
}
