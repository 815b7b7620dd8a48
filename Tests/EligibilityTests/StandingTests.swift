import Cryptography
import Eligibility
import Foundation
import Testing

@Suite struct StandingTests {
  private static let today = CalendarDate.day("2026-11-23")
  private static let agreement = BusinessAssociateAgreement(
    document: SHA256.hash([1]), signedBy: "Ana", on: .day("2026-01-01"),
    expires: .day("2026-12-31"))

  @Test(arguments: [
    (Plan.free, false, false), (.team, false, false), (.business, false, true),
    (.free, true, true), (.team, true, true), (.business, true, true),
  ])
  func `the business plan and the add-on make a plan eligible`(
    plan: Plan, addon: Bool, eligible: Bool
  ) {
    let standing = EligibilityStanding(plan: plan, addon: addon, agreement: Self.agreement)
    #expect(standing.decide(on: Self.today).allowed == eligible)
    #expect(standing.planCondition.holds == eligible)
  }

  @Test(arguments: [
    ("2025-12-31", "the business associate agreement is in force only from 2026-01-01"),
    ("2027-01-01", "the business associate agreement expired on 2026-12-31"),
  ])
  func `the agreement must be in force`(day: String, detail: String) {
    let standing = EligibilityStanding(
      plan: .business, addon: false, agreement: Self.agreement)
    let decision = standing.decide(on: .day(day))
    #expect(decision.reason == "this workspace is not eligible: \(detail)")
    #expect(!decision.mend.isEmpty)
    #expect(standing.decide(on: .day("2026-01-01")).allowed)
    #expect(standing.decide(on: .day("2026-12-31")).allowed)
  }

  @Test(arguments: [("2026-12-01", false), ("2026-12-02", true), ("2026-12-31", true)])
  func `the end of the agreement is told in its last 30 days`(day: String, isTold: Bool) {
    let standing = EligibilityStanding(
      plan: .business, addon: false, agreement: Self.agreement)
    let warning = standing.warning(on: .day(day))
    #expect((warning != nil) == isTold)
    #expect(warning?.hasPrefix("the business associate agreement ends on 2026-12-31;") != false)
    #expect(standing.warning(on: .day("2027-01-01")) == nil)
  }

  @Test func `a plan without agreement is not enough`() {
    let standing = EligibilityStanding(plan: .business, addon: true, agreement: nil)
    #expect(
      standing.decide(on: Self.today).reason
        == "this workspace is not eligible: no business associate agreement was signed")
  }

  @Test func `a product is named before the workspace is`() {
    let standing = EligibilityStanding(plan: .free, addon: false, agreement: nil)
    let unlisted = standing.decide(product: "a.b", allowlist: .initial, on: Self.today)
    #expect(unlisted.reason.hasPrefix("product \"a.b\" is not on"))
    let listed = standing.decide(
      product: "org.sealpost.console", allowlist: .initial, on: Self.today)
    #expect(
      listed.reason == "this workspace is not eligible: the plan free is not an eligible plan")
  }

  @Test(arguments: [
    "2026-11-23", "2024-02-29", "2000-02-29", "9999-12-31", "1900-01-01",
  ])
  func `a day comes back as it was written`(text: String) throws {
    let date = try #require(CalendarDate(text))
    #expect(date.description == text)
    let bytes = try JSONEncoder().encode([date])
    #expect(try JSONDecoder().decode([CalendarDate].self, from: bytes) == [date])
  }

  @Test(arguments: [
    "", "2026-1-1", "2026-13-01", "2026-00-10", "2026-02-29", "1900-02-29", "2026-04-31",
    "2026-11-23 ", "+026-11-23", "20261123", "2026/11/23", "１２３４-11-23", "1899-12-31",
  ])
  func `what is no day is refused`(text: String) {
    #expect(CalendarDate(text) == nil)
  }
}
