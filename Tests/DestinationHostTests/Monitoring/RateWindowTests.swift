import Testing

@testable import DestinationHost

struct RateWindowTests {
  private let start = ContinuousClock.now

  private func window(_ totals: [Int]) -> RateWindow {
    var window = RateWindow()
    for (second, total) in totals.enumerated() {
      window.add(["a": total], at: start + .seconds(second))
    }
    return window
  }

  @Test func `a rate is growth by time, over what is known when that is less`() {
    #expect(window([]).perSecond("a", over: .seconds(10)) == 0)
    #expect(window([5]).perSecond("a", over: .seconds(10)) == 0)
    #expect(window([0, 100]).perSecond("a", over: .seconds(10)) == 100)
    #expect(window([0, 100, 150]).perSecond("a", over: .seconds(10)) == 75)
  }

  @Test func `only the last seconds count`() {
    let window = window((0..<100).map { $0 < 90 ? 0 : ($0 - 89) * 20 })
    #expect(window.perSecond("a", over: .seconds(10)) == 20)
    #expect(abs(window.perSecond("a", over: .seconds(60)) - 200.0 / 60) < 0.001)
  }

  @Test func `a name that came later counts from nothing`() {
    var window = RateWindow()
    window.add([:], at: start)
    window.add(["a": 30], at: start + .seconds(3))
    #expect(window.perSecond("a", over: .seconds(60)) == 10)
    #expect(window.perSecond("b", over: .seconds(60)) == 0)
  }
}
