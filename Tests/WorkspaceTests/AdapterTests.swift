import AuditLog
import Cryptography
import Eligibility
import Foundation
import Testing
import Workbench
import Workspace

@Suite struct AdapterTests {
  @Test func `an installed adapter is a closed copy with its digests`() throws {
    let test = try TestWorkspace.withAdapter()
    let adapter = try test.reopened().adapter(TestWorkspace.product)
    let path = test.workspace.libraryPath(of: adapter)
    #expect(path == test.path + "/adapters/org.sealpost.ndjson-file/1.0.0/libTest.so")
    #expect(adapter.sha256 == SHA256.hash(Array("not really a library".utf8)))
    #expect(adapter.size == 20)
    #expect(try mode(of: path) == 0o700)
    #expect(try test.workspace.manifest(of: adapter) == Array(#"{"format":1}"#.utf8))
    try test.workspace.verify(adapter)
  }

  @Test func `a product that is not on the list is refused and recorded`() throws {
    let test = try TestWorkspace()
    let product = "org.sealpost.test.counting"
    #expect(
      errorText { try test.workspace.install(try test.package(product)) }
        == "adapter \"\(product)\": product \"\(product)\" is not on the eligible-products list "
        + "(list of 2026-11-23). See: sealpost products list")
    #expect(try test.records(of: "adapter/\(product)").last?.outcome == .denied)
    try test.workspace.allow(
      product: product,
      evidence: ProductEvidence(statement: "a test", signedOn: .day("2026-01-01")))
    try test.workspace.install(try test.package(product))
  }

  @Test func `a library that changed after it was inspected is refused`() throws {
    let test = try TestWorkspace()
    let package = try test.package()
    _ = try test.package(library: "something else")
    #expect(
      errorText { try test.workspace.install(package) }
        == "adapter \"org.sealpost.ndjson-file\" not installed: its library changed after it was "
        + "inspected. Inspect it: sealpost adapter inspect PATH")
    #expect(test.workspace.adapters().isEmpty)
  }

  @Test(arguments: [("../../evil", "libTest.so"), ("1.0.0", "../libTest.so"), ("", "a.so")])
  func `no name leads out of its folder`(version: String, library: String) throws {
    let test = try TestWorkspace()
    let good = try test.package()
    var package = AdapterPackage(
      product: good.product, version: version, displayName: "", library: library,
      sha256: good.sha256, manifest: [], libraryPath: good.libraryPath)
    package.keyID = good.keyID
    #expect(errorText { try test.workspace.install(package) }.contains("not installed: its "))
  }

  @Test func `a newer version takes the place of the one before`() throws {
    let test = try TestWorkspace.withAdapter()
    try test.workspace.install(try test.package(version: "1.1.0", library: "new"))
    #expect(test.workspace.adapters().map(\.version) == ["1.1.0"])
    let change = try #require(try test.records(of: "adapter/\(TestWorkspace.product)").last)
    #expect(
      change.entry.changes.contains(AuditChange(setting: "version", old: "1.0.0", new: "1.1.0")))
  }

  @Test func `a library changed on the disk is found`() throws {
    let test = try TestWorkspace.withAdapter()
    let adapter = try test.workspace.adapter(TestWorkspace.product)
    let path = test.workspace.libraryPath(of: adapter)
    try Data("evil".utf8).write(to: URL(fileURLWithPath: path))
    #expect(
      errorText { try test.workspace.verify(adapter) }
        == "adapter \"org.sealpost.ndjson-file\": \(path) is not the file that was installed. "
        + "Install it again: sealpost adapter install PATH")
    #expect(!test.workspace.eligibility().isEligible)
  }

  @Test func `a digest changed by hand takes the adapter out of use`() throws {
    let test = try TestWorkspace.withAdapter()
    let old = try test.workspace.adapter(TestWorkspace.product).sha256.hex
    try test.edit(
      "adapters/\(TestWorkspace.product)/installed.json", old, SHA256.hash([1]).hex)
    #expect(
      errorText { _ = try test.reopened().adapter(TestWorkspace.product) }
        .contains(
          "it was changed outside the audit log. Put back what was there, or install it again"))
    let workspace = try test.reopened()
    try workspace.install(try test.package())
    #expect(workspace.damage.isEmpty)
    try test.write("adapters/\(TestWorkspace.product)/installed.json", [0x7B])
    try workspace.reload()
    try workspace.install(try test.package())
    #expect(try test.reopened().adapter(TestWorkspace.product).version == "1.0.0")
  }

  @Test func `an adapter in use stays, one that is not goes with its files`() throws {
    let test = try TestWorkspace.withDestination()
    #expect(
      errorText { try test.workspace.removeAdapter(TestWorkspace.product) }
        == "adapter \"org.sealpost.ndjson-file\": destination \"files\" uses it. Remove that one "
        + "first.")
    try test.workspace.removeDestination("files")
    try test.workspace.removeAdapter(TestWorkspace.product)
    #expect(try test.reopened().adapters().isEmpty)
    #expect(
      !FileManager.default.fileExists(
        atPath: test.path + "/adapters/" + TestWorkspace.product))
    try test.workspace.install(try test.package())
  }

  @Test func `the conditions of an eligible workspace all hold, in their order`() throws {
    let test = try TestWorkspace.withDestination()
    try test.workspace.setPassword(
      of: TestWorkspace.owner, to: .test(TestWorkspace.ownersPassword))
    let eligibility = test.workspace.eligibility(on: .day("2026-11-23"))
    #expect(eligibility.isEligible)
    #expect(
      eligibility.conditions.map(\.name) == [
        "plan", "baa", "audit_log", "documents", "storage_key", "adapters",
        "product_list", "users", "sessions",
      ])
  }

  @Test func `a storage key that others can read is named`() throws {
    let test = try TestWorkspace()
    try setMode(0o644, of: test.path + "/keys/storage.key")
    let condition = try #require(
      test.workspace.eligibility().conditions.first { $0.name == "storage_key" })
    #expect(!condition.holds)
    #expect(condition.detail.contains("lets others in"))
  }
}
