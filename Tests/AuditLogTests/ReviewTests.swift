import Cryptography
import Testing

@testable import AuditLog

@Suite struct ReviewTests {
  @Test(arguments: [
    ("2026-11-23T07:00:00.000000Z", true), ("2026-11-23T06:59:59.999999Z", false),
    ("2026-11-27T18:59:59.000000Z", true), ("2026-11-27T19:00:00.000000Z", false),
    ("2026-11-28T12:00:00.000000Z", false), ("2026-11-29T12:00:00.000000Z", false),
    ("2024-02-29T12:00:00.000000Z", true), ("2000-03-01T12:00:00.000000Z", true), ("", false),
  ])
  func `working hours are those of Monday to Friday`(_ time: String, _ isWithin: Bool) {
    #expect(WorkingHours().contain(time) == isWithin)
  }

  @Test func `working hours are those of their time zone`() {
    let sunday = "2026-11-29T23:30:00.000000Z"
    #expect(WorkingHours(from: 0, to: 24, offsetMinutes: 60).contain(sunday))
    #expect(!WorkingHours(from: 0, to: 24, offsetMinutes: 0).contain(sunday))
    #expect(
      WorkingHours(from: 18, to: 19, offsetMinutes: -300).contain("2026-11-23T23:30:00.000000Z"))
  }

  @Test func `a request is counted once, by its outcome`() throws {
    let test = try TestLog()
    try test.write(40)
    var review = AuditReview(hours: WorkingHours(from: 0, to: 24))
    for record in try test.records() { review.note(record) }
    // Of four outcomes in turn, the intents are not counted.
    #expect(review.lines.reduce(0) { $0 + $1.count } == 30)
    #expect(review.lines.reduce(0) { $0 + $1.denied } == 10)
    #expect(review.lines.reduce(0) { $0 + $1.failed } == 10)
    #expect(review.lines.map(\.actor) == review.lines.map(\.actor).sorted())
  }
}
