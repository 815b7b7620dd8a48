import Testing

@testable import DestinationHost

@Suite struct BackoffTests {
  private let backoff = Backoff(first: .milliseconds(100), longest: .seconds(10))

  @Test(arguments: [(2, 100), (3, 200), (4, 400), (8, 6400), (9, 10_000), (4_000_000, 10_000)])
  func `the longest wait doubles with each attempt, up to a limit`(attempt: UInt32, wait: Int) {
    let delay = backoff.delay(beforeAttempt: attempt, asked: .zero, chance: 1)
    #expect(delay == .milliseconds(wait))
  }

  @Test func `the jitter is full`() {
    #expect(backoff.delay(beforeAttempt: 5, asked: .zero, chance: 0) == .zero)
    #expect(backoff.delay(beforeAttempt: 5, asked: .zero, chance: 0.5) == .milliseconds(400))
  }

  @Test func `it is never shorter than the destination asks`() {
    #expect(backoff.delay(beforeAttempt: 2, asked: .seconds(60), chance: 1) == .seconds(60))
  }
}
