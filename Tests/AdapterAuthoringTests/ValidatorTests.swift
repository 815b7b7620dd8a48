import Testing
import Workbench

@testable import AdapterAuthoring

@Suite struct ValidatorTests {
  @Test(arguments: ["NDJSONFileDestination", "WebhookDestination"])
  func `an adapter of this project keeps the contract`(name: String) throws {
    let scratch = try Scratch()
    let path = try AuthoringFixture.adapter(name, from: "Plugins", in: scratch)
    let reports = try AuthoringFixture.reports(path)
    #expect(reports.count == ValidatorTest.all.count)
    for (test, verdict) in reports { #expect(!verdict.outcome.isBad, "\(test): \(verdict)") }
    #expect(reports.count { $0.value.outcome == .pass } > 20)
  }

  @Test func `names of tests are unique and begin with their group`() {
    let names = ValidatorTest.all.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(ValidatorTest.all.allSatisfy { !$0.group.isEmpty && $0.name != $0.group })
  }
}
