import AuditLog
import Cryptography
import Eligibility
import Foundation
import Testing

@testable import Workspace

@Suite struct ProductListTests {
  private let test: TestWorkspace
  private let key: Ed25519.SigningKey

  init() throws {
    test = try TestWorkspace.withDestination()
    key = try Ed25519.SigningKey.generate()
    try test.workspace.trustIssuer(key.verifyingKey, name: "Compliance office")
  }

  private func list(
    _ sequence: Int, eligible: Bool = true, product: String = TestWorkspace.product,
    issued: String = "2026-01-02", expires: String = "2099-01-01", pins: String = "",
    by signer: Ed25519.SigningKey? = nil
  ) throws -> SignedProductList {
    let text = """
      {"format":1,"issuer":"Office","sequence":\(sequence),"issued":"\(issued)","expires":"\(expires)",
      "entries":[{"id":"\(product)","name":"N","vendor":"V","category":"C","eligible":\(eligible),
      "as_of":"2026-01-01","source":"Office, memo 4"\(pins)}]}
      """
    let bytes = Array(text.utf8)
    let signature = try DetachedSignature(of: bytes, by: signer ?? key, for: ProductList.signature)
    return SignedProductList(bytes: bytes, signature: Array(signature.text.utf8))
  }

  @Test func `a list that takes a product away stops it at once, and each such product is audited`()
    throws
  {
    try test.workspace.enableDestination("files")
    #expect(test.workspace.decide(product: TestWorkspace.product).allowed)
    let (taken, revoked) = try test.workspace.importList(try list(3, eligible: false))
    #expect(taken.sequence == 3)
    let reason =
      "product \"org.sealpost.ndjson-file\" is not eligible any more "
      + "(list 3 of Office, 2026-01-02: Office, memo 4)"
    #expect(revoked.map(\.reason) == [reason])
    for workspace in [test.workspace, try test.reopened()] {
      #expect(workspace.decide(product: TestWorkspace.product).reason == reason)
    }
    #expect(throws: WorkspaceError.self) { try test.workspace.enableDestination("files") }
    #expect(throws: WorkspaceError.self) { try test.workspace.install(try test.package()) }
    let records = try test.workspace.audit.records(matching: AuditQuery(type: .productRevoked))
    #expect(records.map { $0.entry.changes.first?.setting } == [TestWorkspace.product])
    #expect(try test.workspace.importList(try list(4)).revoked.isEmpty)
    #expect(try test.reopened().decide(product: TestWorkspace.product).allowed)
  }

  @Test func `a running host finds it out by reading again`() throws {
    let running = try test.reopened()
    _ = try test.workspace.importList(try list(1, eligible: false))
    #expect(running.decide(product: TestWorkspace.product).allowed)
    try running.reload()
    #expect(!running.decide(product: TestWorkspace.product).allowed)
  }

  @Test func `a lower sequence, or the same with other content, is refused, also after distrust`()
    throws
  {
    let fourth = try list(4)
    _ = try test.workspace.importList(fourth)
    _ = try test.workspace.importList(fourth)
    for other in [try list(3), try list(4, eligible: false)] {
      #expect(
        errorText { _ = try test.workspace.importList(other) }.contains("4 of Office was seen"))
    }
    try test.workspace.distrustIssuer(key.verifyingKey.id)
    #expect(test.workspace.products.lists.map(\.issuer) == ["Sealpost"])
    try test.workspace.trustIssuer(key.verifyingKey, name: "again")
    #expect(throws: WorkspaceError.self) { try test.workspace.importList(try list(3)) }
    _ = try test.workspace.importList(try list(5))
  }

  @Test func `a list of nobody, past its day or before it is refused, and nothing changes`() throws
  {
    let stranger = try Ed25519.SigningKey.generate()
    for (signed, reason) in [
      (try list(1, by: stranger), "which is not trusted here"),
      (try list(1, expires: "2026-02-01"), "it expired on 2026-02-01"),
      (try list(1, issued: "2098-01-01"), "which is not yet"),
      (
        SignedProductList(bytes: try list(1).bytes, signature: try list(2).signature),
        "does not fit the list"
      ),
      (SignedProductList(bytes: [], signature: []), "the file of the signature is none"),
    ] {
      #expect(errorText { _ = try test.workspace.importList(signed) }.contains(reason))
    }
    #expect(try test.reopened().products.lists.map(\.issuer) == ["Sealpost"])
    #expect(try test.count(.productListImported, .denied) == 5)
  }

  @Test func `only adapters that the list names are installed`() throws {
    let other = SHA256.hash([1]).hex
    _ = try test.workspace.importList(
      try list(1, pins: ",\"adapters\":{\"sha256\":[\"\(other)\"]}"))
    #expect(
      test.workspace.decide(product: TestWorkspace.product).reason
        == "product \"org.sealpost.ndjson-file\": its adapter is none of those that the list 1 of "
        + "Office, 2026-01-02, vouches for")
    #expect(throws: WorkspaceError.self) {
      try test.workspace.install(try test.package(version: "2.0.0"))
    }
    let package = try test.package(version: "2.0.0")
    _ = try test.workspace.importList(
      try list(2, pins: ",\"adapters\":{\"sha256\":[\"\(package.sha256.hex)\"]}"))
    try test.workspace.install(package)
  }

  @Test func `a document of lists that was changed by hand lets nothing run`() throws {
    _ = try test.workspace.importList(try list(1))
    let good = try test.text("product-lists.json")
    for text in [
      good.replacingOccurrences(of: "Compliance", with: "Complience"), "", "{}", "{\"format\":1}",
      "[", String(repeating: "[", count: 100_000),
    ] {
      try test.write("product-lists.json", text.utf8)
      let opened = try test.reopened()
      #expect(!opened.decide(product: TestWorkspace.product).allowed)
      #expect(throws: WorkspaceError.self) { try opened.listIssuers() }
      #expect(throws: WorkspaceError.self) { try opened.importList(try list(2)) }
    }
    try FileManager.default.removeItem(atPath: test.path + "/product-lists.json")
    #expect(try !test.reopened().decide(product: TestWorkspace.product).allowed)
    try test.write("product-lists.json", good.utf8)
    #expect(try test.reopened().decide(product: TestWorkspace.product).allowed)
  }

  @Test func `every condition of verify holds or names its mend`() throws {
    let open = test.workspace.eligibility()
    let failing = open.conditions.filter { !$0.holds }
    #expect(failing.map(\.name) == ["users"])
    #expect(failing.map(\.mend) == ["sealpost user set-password ana@clinic.example"])
    try test.workspace.setPassword(
      of: TestWorkspace.owner, to: .test(TestWorkspace.ownersPassword))
    #expect(test.workspace.eligibility().isEligible)
    let later = test.workspace.eligibility(on: .day("2099-01-01"))
    #expect(later.conditions.filter { !$0.holds }.map(\.name) == ["product_list"])
    try test.workspace.setPlan(.free, addon: false)
    #expect(
      test.workspace.eligibility().conditions.filter { !$0.holds }.map(\.name)
        == ["plan", "sessions"])
    #expect(open.conditions.allSatisfy { !$0.mend.isEmpty && !$0.detail.hasSuffix(".") })
  }
}
