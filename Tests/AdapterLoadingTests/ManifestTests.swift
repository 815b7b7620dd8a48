import Testing

@testable import AdapterLoading

@Suite struct ManifestTests {
  private static let good = """
    {"format":1,"product":"org.example.warehouse","version":"1.4.0","display_name":"Warehouse",\
    "abi":{"major":1,"minor":0},"library":"libWarehouse.so","event_types":["track","alias"]}
    """

  private func complaints(_ json: String) -> [String]? {
    do throws(LoadError) {
      _ = try AdapterManifest(json: Array(json.utf8), path: "adapter.json")
      return []
    } catch {
      if case .manifest(_, let complaints) = error { return complaints }
      return nil
    }
  }

  @Test func `a good manifest is read`() throws {
    let manifest = try AdapterManifest(json: Array(Self.good.utf8), path: "adapter.json")
    #expect(manifest.product == "org.example.warehouse")
    #expect(manifest.servedTypes == 0b1000100)
  }

  @Test(arguments: [
    ("\"product\":\"org.example.warehouse\"", "\"product\":\"../../etc\"", "product"),
    ("\"product\":\"org.example.warehouse\"", "\"product\":\"Org.Example\"", "product"),
    ("\"version\":\"1.4.0\"", "\"version\":\"1.4\"", "version"),
    ("\"version\":\"1.4.0\"", "\"version\":\"../1.4.0\"", "version"),
    ("\"library\":\"libWarehouse.so\"", "\"library\":\"../lib.so\"", "library"),
    ("\"library\":\"libWarehouse.so\"", "\"library\":\"\"", "library"),
    ("\"library\":\"libWarehouse.so\"", "\"library\":\"..\"", "library"),
    ("[\"track\",\"alias\"]", "[\"track\",\"delete\"]", "event_types"),
    ("[\"track\",\"alias\"]", "[]", "event_types"),
    ("\"format\":1", "\"format\":2", "format"),
    ("\"format\":1", "\"format\":\"1\"", "format"),
    ("\"abi\":{\"major\":1,\"minor\":0}", "\"abi\":{\"major\":1}", "abi.minor"),
    ("\"abi\":{\"major\":1,\"minor\":0}", "\"abi\":{\"major\":-1,\"minor\":0}", "JSON"),
    ("\"display_name\":\"Warehouse\",", "", "display_name"),
    ("\"display_name\":\"Warehouse\"", "\"display_name\":\"a\\nb\"", "display_name"),
  ])
  func `what is wrong is named`(part: String, replacement: String, key: String) throws {
    let json = Self.good.replacing(part, with: replacement)
    let found = try #require(complaints(json))
    #expect(found.count == 1)
    #expect(found.first?.contains(key) == true)
  }

  @Test func `everything that is wrong is told at once`() throws {
    let json = Self.good.replacing("1.4.0", with: "x").replacing("libWarehouse.so", with: "a/b")
    #expect(complaints(json)?.count == 2)
  }

  @Test func `no cut of a manifest is taken for one`() throws {
    for length in 0..<Self.good.utf8.count {
      let json = String(decoding: Self.good.utf8.prefix(length), as: UTF8.self)
      #expect(complaints(json)?.isEmpty == false)
    }
  }
}
