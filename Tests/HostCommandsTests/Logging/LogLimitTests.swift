import Testing

@testable import HostCommands

struct LogLimitTests {
  private let start = ContinuousClock.now

  private func told(_ limit: inout LogLimit, _ kind: String, at time: Duration = .zero) -> Int? {
    limit.admit(kind, at: start + time)
  }

  @Test func `so many lines of a kind are told at once, and the rest is counted`() {
    var limit = LogLimit()
    for _ in 0..<LogLimit.atOnce { #expect(told(&limit, "a") == 0) }
    for _ in 0..<5 { #expect(told(&limit, "a") == nil) }
    #expect(told(&limit, "b") == 0)
    #expect(limit.takeSuppressed() == [.init(kind: "a", lines: 5)])
    #expect(limit.takeSuppressed().isEmpty)
  }

  @Test func `with time more are told, and the first says what was left out`() {
    var limit = LogLimit()
    for _ in 0..<LogLimit.atOnce + 7 { _ = told(&limit, "a") }
    #expect(told(&limit, "a", at: LogLimit.pause - .milliseconds(1)) == nil)
    #expect(told(&limit, "a", at: LogLimit.pause) == 8)
    #expect(told(&limit, "a", at: LogLimit.pause) == nil)
    // A long silence gives no more than the first allowance.
    for _ in 0..<LogLimit.atOnce { #expect(told(&limit, "a", at: .seconds(1_000_000)) != nil) }
    #expect(told(&limit, "a", at: .seconds(1_000_000)) == nil)
  }

  @Test func `in the long run a flood is one line a pause`() {
    var limit = LogLimit()
    let lines = (0..<3600 * 10).compactMap { told(&limit, "a", at: .milliseconds($0 * 100)) }
    #expect((LogLimit.atOnce + 358...LogLimit.atOnce + 360).contains(lines.count))
  }

  @Test func `memory is bounded: kinds beyond the limit share one allowance`() {
    var limit = LogLimit()
    for kind in 0..<LogLimit.mostKinds { #expect(told(&limit, "\(kind)") == 0) }
    for kind in 0..<LogLimit.atOnce { #expect(told(&limit, "more \(kind)") == 0) }
    #expect(told(&limit, "another") == nil)
    #expect(limit.takeSuppressed() == [.init(kind: "(others)", lines: 1)])
  }
}
