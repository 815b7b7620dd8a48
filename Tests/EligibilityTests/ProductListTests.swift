import Cryptography
import Eligibility
import Foundation
import Testing
import Workbench

@Suite struct ProductListTests {
  private static let entry =
    #"{"id":"com.example.crm","name":"CRM","vendor":"Example","category":"CRM","eligible":true,"#
    + #""as_of":"2026-11-01","source":"its page"}"#

  private static func list(_ entries: String = entry, _ head: String = "") -> [UInt8] {
    let head =
      head.isEmpty
      ? #""issuer":"Us","sequence":1,"issued":"2026-11-02","expires":"2027-11-02""# : head
    return Array("{\"format\":1,\(head),\"entries\":[\(entries)]}".utf8)
  }

  private func problems(_ bytes: [UInt8]) -> [String] {
    do {
      _ = try ProductList(json: bytes)
      return []
    } catch .badList(let problems) {
      return problems
    } catch {
      return ["another error"]
    }
  }

  @Test func `the shipped list is signed with the release key, and in date when it was made`()
    throws
  {
    let list = ShippedProductList.list
    #expect(list.issuer == "Sealpost" && list.sequence >= 1)
    #expect(list.issued < list.expires)
    #expect(list.entry("com.twilio.studio")?.condition.contains("Architecting for HIPAA") == true)
    #expect(list.entry("com.twilio.data-destinations")?.eligible == false)
  }

  @Test func `openssl agrees on the shipped list's signature`() throws {
    let folder = try Scratch()
    let lines = String(decoding: ShippedProductList.signature, as: UTF8.self)
      .split(separator: "\n")
    let signature = try #require(Data(base64Encoded: String(lines[2])))
    let message = Array("sealpost product list 1\n".utf8) + ShippedProductList.bytes
    try Judge.run([
      "openssl", "pkeyutl", "-verify", "-pubin", "-inkey",
      try folder.write("key", ShippedProductList.key.pem()), "-rawin", "-in",
      try folder.write("message", message), "-sigfile", try folder.write("signature", signature),
    ])
  }

  @Test func `any bit of a list or of its signature that is flipped is found`() throws {
    let key = try Ed25519.SigningKey.generate()
    let bytes = Self.list()
    let signature = Array(
      try DetachedSignature(of: bytes, by: key, for: ProductList.signature).text.utf8)
    let good = SignedProductList(bytes: bytes, signature: signature)
    #expect(try good.verified(by: [key.verifyingKey]).sequence == 1)
    for bit in 0..<(bytes.count * 8) {
      var changed = bytes
      changed[bit / 8] ^= 1 << (bit % 8)
      #expect(throws: EligibilityError.self) {
        try SignedProductList(bytes: changed, signature: signature).verified(by: [key.verifyingKey])
      }
    }
    for bit in 0..<(signature.count * 8) {
      var changed = signature
      changed[bit / 8] ^= 1 << (bit % 8)
      #expect(throws: EligibilityError.self) {
        try SignedProductList(bytes: bytes, signature: changed).verified(by: [key.verifyingKey])
      }
    }
    for length in bytes.indices {
      #expect(throws: EligibilityError.self) {
        try SignedProductList(bytes: Array(bytes[..<length]), signature: signature)
          .verified(by: [key.verifyingKey])
      }
      _ = problems(Array(bytes[..<length]))
    }
  }

  @Test func `a signature made for an adapter is none for a list`() throws {
    let key = try Ed25519.SigningKey.generate()
    let other = DetachedSignature.Purpose(
      head: "sealpost product list signature 1", domain: "sealpost adapter manifest 1")
    let signature = try DetachedSignature(of: Self.list(), by: key, for: other)
    #expect(throws: EligibilityError.self) {
      try SignedProductList(bytes: Self.list(), signature: Array(signature.text.utf8))
        .verified(by: [key.verifyingKey])
    }
  }

  @Test func `every problem is told at once, with its path`() {
    let entries =
      Self.entry + "," + Self.entry
      + #",{"id":"nonsense","name":"","vendor":3,"category":"C","eligible":1,"as_of":"2026-13-01","#
      + #""source":"s","eligable":true}"#
    let head = #""issuer":"U\ns","sequence":0,"issued":"2026-11-02","expires":"2026-11-01""#
    let found = problems(Self.list(entries, head))
    for problem in [
      "issuer: it is not 1 to 100 characters without controls",
      "sequence: it is not 1 to 1000000000", "expires: it is before \"issued\"",
      "entries[1].id: it is there twice", "entries[2].id: it is no product id",
      "entries[2].name: it is not 1 to 200 characters without controls",
      "entries[2].vendor: it is not text", "entries[2].eligible: it is not true, false or null",
      "entries[2].as_of: it is not a day like 2026-11-23",
      "entries[2].eligable: there is no such member",
    ] {
      #expect(found.contains(problem), "\(problem)")
    }
    #expect(found.count == 10)
  }

  @Test(arguments: [
    "", "{", "[]", "null", "3", "{}", "{\"format\":2}", "{\"format\":\"1\"}", "\u{FEFF}{}",
    "{\"format\":1,\"entries\":{}}", "{\"format\":1,\"entries\":[3]}",
  ])
  func `what is no list is refused`(text: String) {
    #expect(!problems(Array(text.utf8)).isEmpty)
  }

  @Test func `a list that is huge, deep or not UTF-8 is refused`() {
    #expect(problems(Array(repeating: 0x20, count: ProductList.maximumSize + 1)).count == 1)
    #expect(!problems(Array(repeating: UInt8(ascii: "["), count: 200_000)).isEmpty)
    #expect(!problems([0xFF, 0xFE]).isEmpty)
    #expect(problems(Self.list("", "")).first?.hasPrefix("entries: it has 0 entries") == true)
    let nine = String(repeating: "9", count: 400)
    #expect(!problems(Self.list(Self.entry, "\"sequence\":\(nine)")).isEmpty)
  }

  @Test func `problems never end, their telling does`() {
    let entries = Array(repeating: "{}", count: 1000).joined(separator: ",")
    #expect(problems(Self.list(entries)).count == 50)
  }
}

@Suite struct EligibleProductsTests {
  private static let day = CalendarDate.day("2026-11-23")

  private func list(
    _ entries: [(String, Bool?)], expires: String = "2027-01-01", pins: String? = nil
  ) throws -> ProductList {
    let adapters = pins.map { ",\"adapters\":\($0)" } ?? ""
    let texts: [String] = entries.map { id, eligible in
      """
      {"id":"\(id)","name":"N","vendor":"V","category":"C","eligible":\(eligible.map { "\($0)" } ?? "null"),
      "as_of":"2026-01-01","source":"S"\(adapters)}
      """
    }
    let text = """
      {"format":1,"issuer":"Us","sequence":4,"issued":"2026-01-02","expires":"\(expires)",
      "entries":[\(texts.joined(separator: ","))]}
      """
    return try ProductList(json: Array(text.utf8))
  }

  private func allowlist(_ ids: [String]) -> ProductAllowlist {
    ProductAllowlist(
      products: ids.map {
        ProductEntry(
          id: $0, name: $0, vendor: "V", category: "C", eligible: true, asOf: "2026-01-01",
          source: "S")
      })
  }

  @Test func `a list alone lets nothing run`() throws {
    let products = EligibleProducts(
      lists: [try list([("com.example.crm", true)])], allowlist: allowlist([]))
    #expect(!products.decide(product: "com.example.crm", on: Self.day).allowed)
  }

  @Test func `a newer list that calls a product not eligible, or drops it, stops it`() throws {
    let allowed = allowlist(["com.example.crm"])
    let before = EligibleProducts(
      lists: [try list([("com.example.crm", true)])], allowlist: allowed)
    #expect(before.decide(product: "com.example.crm", on: Self.day).allowed)
    let revoked = EligibleProducts(
      lists: [try list([("com.example.crm", false)])], allowlist: allowed)
    #expect(
      revoked.decide(product: "com.example.crm", on: Self.day).reason
        == "product \"com.example.crm\" is not eligible any more (list 4 of Us, 2026-01-02: S)")
    let dropped = EligibleProducts(
      lists: [try list([("com.example.other", true)])], allowlist: allowed)
    #expect(
      dropped.decide(product: "com.example.crm", on: Self.day).reason
        == "product \"com.example.crm\" is called eligible by no list in force any more")
  }

  @Test func `the owner's evidence stands where no list speaks, and not against one`() throws {
    let evidence = ProductEvidence(statement: "BAA 4", signedOn: .day("2026-01-01"))
    let allowed = try ProductAllowlist(products: []).allow(
      "com.example.crm", in: ProductCatalogue(entries: []), evidence: evidence)
    let silent = EligibleProducts(
      lists: [try list([("com.example.other", true)])], allowlist: allowed)
    #expect(silent.decide(product: "com.example.crm", on: Self.day).allowed)
    let against = EligibleProducts(
      lists: [try list([("com.example.crm", false)])], allowlist: allowed)
    #expect(!against.decide(product: "com.example.crm", on: Self.day).allowed)
  }

  @Test func `what no source speaks of runs on the owner's evidence, and on nothing else`() throws {
    let unknown = try list([("com.example.crm", nil)])
    #expect(unknown.entry("com.example.crm") != nil)
    let bare = EligibleProducts(lists: [unknown], allowlist: allowlist(["com.example.crm"]))
    #expect(!bare.decide(product: "com.example.crm", on: Self.day).allowed)
    let evidence = ProductEvidence(statement: "BAA 4", signedOn: .day("2026-01-01"))
    let allowed = try ProductAllowlist(products: []).allow(
      "com.example.crm", in: bare.catalogue, evidence: evidence)
    let known = EligibleProducts(lists: [unknown], allowlist: allowed)
    #expect(known.decideNew(product: "com.example.crm", on: Self.day).allowed)
    #expect(bare.catalogue.search(eligibleOnly: true).isEmpty)

    for (other, counts) in [(true, true), (false, false)] {
      let said = EligibleProducts(
        lists: [unknown, try list([("com.example.crm", other)])], allowlist: allowed)
      #expect(said.catalogue.entry("com.example.crm")?.eligible == counts)
      #expect(said.decide(product: "com.example.crm", on: Self.day).allowed == counts)
    }
  }

  @Test func `an expired list warns for 30 days, then lets nothing new in, and stops nothing`()
    throws
  {
    let products = EligibleProducts(
      lists: [try list([("com.example.crm", true)], expires: "2026-11-23")],
      allowlist: allowlist(["com.example.crm"]))
    for (day, warns, isNewAllowed) in [
      ("2026-11-23", false, true), ("2026-11-24", true, true), ("2026-12-23", true, true),
      ("2026-12-24", true, false), ("2099-01-01", true, false),
    ] {
      #expect(products.warnings(on: .day(day)).isEmpty != warns, "\(day)")
      #expect(products.condition(on: .day(day)).holds != warns, "\(day)")
      #expect(
        products.decideNew(product: "com.example.crm", on: .day(day)).allowed == isNewAllowed,
        "\(day)")
      #expect(products.decide(product: "com.example.crm", on: .day(day)).allowed, "\(day)")
    }
  }

  @Test func `of two lists the stricter counts`() throws {
    let products = EligibleProducts(
      lists: [
        try list([("com.example.crm", true), ("com.example.x", true)]),
        try list([("com.example.crm", false)]),
      ], allowlist: allowlist(["com.example.crm"]))
    #expect(products.catalogue.entry("com.example.crm")?.eligible == false)
    #expect(products.catalogue.entries.count == 2)
    #expect(!products.decide(product: "com.example.crm", on: Self.day).allowed)
  }

  @Test func `a list may name the adapters that it vouches for`() throws {
    let digest = SHA256.hash([1])
    let key = SHA256.hash([2])
    let pins = "{\"sha256\":[\"\(digest.hex)\"],\"key_ids\":[\"\(key.hex)\"]}"
    let entry = try #require(
      try list([("com.example.crm", true)], pins: pins).entry("com.example.crm")?.pins)
    #expect(entry.allow(sha256: digest, keyID: nil))
    #expect(entry.allow(sha256: SHA256.hash([3]), keyID: key.hex))
    #expect(!entry.allow(sha256: SHA256.hash([3]), keyID: SHA256.hash([4]).hex))
    #expect(!entry.allow(sha256: SHA256.hash([3]), keyID: nil))
    #expect(AdapterPins().allow(sha256: digest, keyID: nil))
  }

  @Test(arguments: [
    ("2026-11-24", "2026-11-23", 1), ("2026-11-23", "2026-11-24", -1),
    ("2024-03-01", "2024-02-28", 2),
    ("2027-01-01", "2026-01-01", 365), ("2001-01-01", "2000-01-01", 366),
  ])
  func `days are counted by the calendar`(later: String, earlier: String, days: Int) {
    #expect(CalendarDate.day(later).days(since: .day(earlier)) == days)
  }
}
