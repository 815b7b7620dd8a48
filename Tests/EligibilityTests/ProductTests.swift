import Eligibility
import Testing

@Suite struct ProductTests {
  @Test func `every entry has a source, a date, and an id of its own`() {
    let entries = ProductCatalogue.published.entries
    #expect(entries.count > 40)
    #expect(Set(entries.map(\.id)).count == entries.count)
    for entry in entries {
      #expect(ProductID.isValid(entry.id), "\(entry.id)")
      #expect(CalendarDate(entry.asOf) != nil, "\(entry.id)")
      #expect(!entry.source.isEmpty && !entry.vendor.isEmpty && !entry.category.isEmpty)
    }
  }

  @Test func `a search looks at id, name, vendor and category`() {
    let catalogue = ProductCatalogue.published
    #expect(catalogue.search("SYNC").map(\.id) == ["com.twilio.sync"])
    #expect(catalogue.search(category: "programmable sms").count == 12)
    #expect(!catalogue.search("data destinations").isEmpty)
    #expect(catalogue.search("data destinations", eligibleOnly: true).isEmpty)
    #expect(catalogue.search("no such thing").isEmpty)
    #expect(catalogue.search().count == catalogue.entries.count)
  }

  @Test func `a workspace starts with this project's own adapters alone`() {
    let list = ProductAllowlist.initial
    #expect(list.products.map(\.id) == ["org.sealpost.ndjson-file", "org.sealpost.console"])
    #expect(list.entry("org.sealpost.ndjson-file")?.condition.contains("operator's own") == true)
  }

  @Test func `the catalogue alone allows nothing`() {
    let decision = ProductAllowlist.initial.decide(
      product: "com.twilio.studio", on: .day("2026-11-23"))
    #expect(!decision.allowed)
    #expect(
      decision.reason
        == "product \"com.twilio.studio\" is not on the eligible-products list (list of 2026-11-23)"
    )
    #expect(decision.mend == "sealpost products list")
  }

  @Test func `a product is allowed on evidence, until that expires`() throws {
    let evidence = ProductEvidence(
      statement: "BAA 17, in the safe", signedOn: .day("2026-01-01"), expiresOn: .day("2026-12-31"))
    let list = try ProductAllowlist.initial.allow("org.sealpost.test.counting", evidence: evidence)
    let product = "org.sealpost.test.counting"
    #expect(list.decide(product: product, on: .day("2026-12-31")).allowed)
    let late = list.decide(product: product, on: .day("2027-01-01"))
    #expect(
      late.reason == "product \"\(product)\": what it was allowed on expired on 2026-12-31")
    #expect(!list.disallowing(product).decide(product: product, on: .day("2026-12-31")).allowed)
  }

  @Test func `what is no evidence, no id, or published as not eligible is refused`() {
    let good = ProductEvidence(statement: "BAA", signedOn: .day("2026-01-01"))
    #expect(
      text("com.example.crm", ProductEvidence(statement: "", signedOn: .day("2026-01-01")))
        == "product \"com.example.crm\": it is allowed on evidence only, in 1 to 500 characters. "
        + "Say what was signed with its vendor and where it is kept.")
    #expect(text("Nonsense", good).contains("Give one like com.example.crm."))
    #expect(
      text("com.twilio.data-destinations", good).contains("its vendor publishes it as not eligible")
    )
    #expect(
      text(
        "com.example.crm",
        ProductEvidence(
          statement: "BAA", signedOn: .day("2026-01-02"), expiresOn: .day("2026-01-01")))
        == "dates refused: the last day is before the day of signing. Correct one of the two.")
  }

  @Test(arguments: [
    "", "a", "a..b", ".a.b", "a.b.", "A.b", "a.-b", "a/b.c", "../a.b", "a.b c", "a.é",
    String(repeating: "a.", count: 8) + "a", "a." + String(repeating: "b", count: 128),
  ])
  func `what cannot be a folder's name is no product id`(id: String) {
    #expect(!ProductID.isValid(id))
  }

  private func text(_ id: String, _ evidence: ProductEvidence) -> String {
    do {
      _ = try ProductAllowlist.initial.allow(id, evidence: evidence)
      return "no error"
    } catch {
      return "\(error)"
    }
  }
}

extension CalendarDate {
  static func day(_ text: String) -> CalendarDate {
    guard let date = CalendarDate(text) else { fatalError("not a date: \(text)") }
    return date
  }
}
