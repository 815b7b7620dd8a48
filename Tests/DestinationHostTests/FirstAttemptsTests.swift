import Testing

@testable import DestinationHost

@Suite struct FirstAttemptsTests {
  private let now = ContinuousClock.now
  private let wall: Int64 = 1_800_000_000_000

  /// What another process knows after reading the text, so many milliseconds later.
  private func restarted(_ text: [UInt8], after milliseconds: Int64) -> FirstAttempts {
    var attempts = FirstAttempts()
    attempts.take(text, at: now, wallMilliseconds: wall + milliseconds) { _ in true }
    return attempts
  }

  private func age(_ attempts: FirstAttempts, of sequence: UInt64) -> Int {
    var attempts = attempts
    let age = attempts.moment(of: sequence, at: now).duration(to: now) / .milliseconds(1)
    return Int(age.rounded())
  }

  @Test func `another process knows how long each event is being tried`() {
    var attempts = FirstAttempts()
    for sequence in 10..<20 as Range<UInt64> { _ = attempts.moment(of: sequence, at: now) }
    _ = attempts.moment(of: 40, at: now.advanced(by: .seconds(-3600)))
    #expect(attempts.hasChanged)
    let text = attempts.text(at: now, wallMilliseconds: wall) { _ in true }
    #expect(!attempts.hasChanged)
    #expect(text.count == 4 + 2 * 24, "ten neighbours are one range")
    let later = restarted(text, after: 5_000)
    #expect(age(later, of: 10) == 5_000 && age(later, of: 19) == 5_000)
    #expect(age(later, of: 40) == 3_605_000)
    #expect(age(later, of: 20) == 0 && age(later, of: 9) == 0)
  }

  @Test func `what is settled is forgotten`() {
    var attempts = FirstAttempts()
    for sequence in [1, 2] as [UInt64] { _ = attempts.moment(of: sequence, at: now) }
    attempts.forget(1)
    let text = attempts.text(at: now, wallMilliseconds: wall) { _ in true }
    #expect(age(restarted(text, after: 1_000), of: 1) == 0)
    #expect(age(restarted(text, after: 1_000), of: 2) == 1_000)
    var later = restarted(text, after: 1_000)
    #expect(later.text(at: now, wallMilliseconds: wall) { _ in false }.count == 4)
  }

  @Test func `a time of day that lies ahead makes nobody wait longer than from now`() {
    var attempts = FirstAttempts()
    _ = attempts.moment(of: 1, at: now)
    let text = attempts.text(at: now, wallMilliseconds: wall) { _ in true }
    #expect(age(restarted(text, after: -3_600_000), of: 1) == 0)
  }

  @Test func `very many are bounded, the oldest first`() {
    var attempts = FirstAttempts()
    for sequence in 0..<2_000 as Range<UInt64> {
      _ = attempts.moment(of: sequence * 2, at: now.advanced(by: .seconds(-Int(sequence))))
    }
    let text = attempts.text(at: now, wallMilliseconds: wall) { _ in true }
    #expect(text.count == 4 + 24 * FirstAttempts.mostRanges)
    #expect(age(restarted(text, after: 0), of: 3_998) == 1_999_000)
    #expect(age(restarted(text, after: 0), of: 0) == 0)
  }

  @Test func `bytes that are no such text are nothing, and no crash`() {
    var attempts = FirstAttempts()
    for sequence in 0..<3 as Range<UInt64> { _ = attempts.moment(of: sequence * 2, at: now) }
    let text = attempts.text(at: now, wallMilliseconds: wall) { _ in true }
    for count in 0..<text.count {
      #expect(age(restarted(Array(text[..<count]), after: 9), of: 0) == 0)
    }
    for index in text.indices {
      for bit in 0..<8 {
        var changed = text
        changed[index] ^= 1 << bit
        _ = age(restarted(changed, after: 9), of: 0)
      }
    }
    _ = age(restarted([1, 0, 1, 0] + [UInt8](repeating: 0xFF, count: 24), after: 9), of: 0)
  }
}
