import Foundation
import Testing
import Workbench

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
    ("\"abi\":{\"major\":1,\"minor\":0}", "\"abi\":{\"major\":-1,\"minor\":0}", "abi.major"),
    ("\"abi\":{\"major\":1,\"minor\":0}", "\"abi\":{\"major\":2,\"minor\":0}", "abi.major"),
    ("\"abi\":{\"major\":1,\"minor\":0}", "\"abi\":[1,0]", "abi"),
    ("\"abi\":{\"major\":1,\"minor\":0}", "\"abi\":null", "abi"),
    ("\"version\":\"1.4.0\"", "\"version\":\"١.٤.٠\"", "version"),
    ("\"library\":\"libWarehouse.so\"", "\"library\":\"a\\nb.so\"", "library"),
    ("[\"track\",\"alias\"]", "[\"track\",\"track\"]", "event_types"),
    ("[\"track\",\"alias\"]", "[\"track\",5]", "event_types"),
    ("\"display_name\":\"Warehouse\"", "\"display_name\":\"\\u001b[2J\"", "display_name"),
    ("{\"format\":1", "{\"colour\":1,\"format\":1", "1 unknown keys"),
    ("\"display_name\":\"Warehouse\",", "", "display_name"),
    ("\"display_name\":\"Warehouse\"", "\"display_name\":\"a\\nb\"", "display_name"),
  ])
  func `what is wrong is named`(part: String, replacement: String, key: String) throws {
    let json = Self.good.replacing(part, with: replacement)
    let found = try #require(complaints(json))
    #expect(found.count == 1)
    #expect(found.first?.contains(key) == true)
  }

  @Test(arguments: [
    (#"{"track":{"a":1}}"#, [#""mapping": it has no table for alias, which "event_types" names"#]),
    (
      #"{"track":{"a":1},"alias":{"a":1},"page":{"a":1}}"#,
      [#""mapping": page: the adapter serves no such events. Take the table away."#]
    ),
    (
      #"{"track":{"a":{"@path":"b"}},"alias":{"a":1}}"#,
      [
        #""mapping.track.a.@path": it is no path. Write "$.properties.plan", or "$" for the whole."#
      ]
    ),
    (
      "7",
      [#""mapping": it is no object. Write {"track": {…}}, one member for each kind of event."#]
    ),
    (#"{"track":{"a":1},"alias":{"a":{"@path":"$.userId"}}}"#, []),
  ])
  func `a mapping has a table for each kind of event that is served`(
    mapping: String, complaints: [String]
  ) {
    let json = String(Self.good.dropLast()) + #","mapping":\#(mapping)}"#
    #expect(self.complaints(json) == complaints)
  }

  @Test func `an operator's tables take the place of the author's`() throws {
    let json =
      String(Self.good.dropLast())
      + #","mapping":{"track":{"a":1.50},"alias":{"b":{"@path":"$.userId"}}}}"#
    let manifest = try AdapterManifest(json: Array(json.utf8), path: "adapter.json")
    let text = try #require(manifest.mapping(overriddenBy: Array(#"{"alias":{"c":2}}"#.utf8)))
    #expect(
      String(decoding: text, as: UTF8.self)
        == "{\n  \"track\": {\"a\":1.50},\n  \"alias\": {\"c\":2}\n}\n")
    #expect(manifest.complaints(aboutMapping: text).isEmpty)
    #expect(manifest.complaints(aboutMapping: Array(#"{"page":{"a":1}}"#.utf8)).count == 1)
  }

  @Test func `everything that is wrong is told at once`() throws {
    let json = #"{"format":"1","version":"x","library":"a/b","abi":{"minor":true}}"#
    #expect(
      complaints(json) == [
        #""abi.major" is missing; it must be a whole number, as in the header that the library was built with"#,
        #""abi.minor" must be a whole number, as in the header that the library was built with"#,
        #""format" must be the number 1"#,
        #""product" is missing; it must be a name in reverse DNS, such as org.example.warehouse"#,
        #""display_name" is missing; it must be one line of 1 to 128 bytes"#,
        #""event_types" is missing; it must be a list of one or more of identify, track, page, screen, group, alias, each once"#,
        #""version" must be like 1.4.0 (semver.org)"#,
        #""library" must be the name of a file beside adapter.json: letters, digits and . _ + - only"#,
      ])
  }

  @Test(arguments: ["", "[]", "5", "null", "\"\"", String(repeating: "[", count: 60_000)])
  func `what is no object is told so`(json: String) {
    #expect(complaints(json) == ["it is not an object"] || complaints(json) == ["it is not JSON"])
  }

  @Test func `a manifest of megabytes is not read`() throws {
    let scratch = try Scratch()
    try String(repeating: " ", count: 70_000).write(
      toFile: scratch.file("adapter.json"), atomically: true, encoding: .utf8)
    #expect(
      throws: LoadError.manifest(
        path: scratch.file("adapter.json"), complaints: ["it is longer than 65536 bytes"])
    ) { _ = try AdapterFolder(folder: scratch.path) }
  }

  @Test func `a manifest that is a link is not followed`() throws {
    let scratch = try Scratch()
    try FileManager.default.createSymbolicLink(
      atPath: scratch.file("adapter.json"), withDestinationPath: "/etc/passwd")
    #expect(throws: LoadError.cannotRead(path: scratch.file("adapter.json"), code: ELOOP)) {
      _ = try AdapterFolder(folder: scratch.path)
    }
  }

  @Test func `no cut of a manifest is taken for one`() throws {
    for length in 0..<Self.good.utf8.count {
      let json = String(decoding: Self.good.utf8.prefix(length), as: UTF8.self)
      #expect(complaints(json)?.isEmpty == false)
    }
  }
}
