import AuditLog
import Foundation
import Testing
import Workbench
import Workspace

@Suite struct DestinationTests {
  @Test(arguments: ["", "-a", "A", "a b", "../x", "a/b", "é", String(repeating: "a", count: 65)])
  func `an id that is no plain name is refused`(id: String) throws {
    let test = try TestWorkspace.withAdapter()
    #expect(
      errorText { try test.workspace.addDestination(id, adapter: TestWorkspace.product) }
        .contains("an id has 1 to 64 of a-z, 0-9 and hyphens, no hyphen first."))
  }

  @Test func `a destination is added once, for an installed adapter`() throws {
    let test = try TestWorkspace.withDestination()
    #expect(
      errorText { try test.workspace.addDestination("files", adapter: TestWorkspace.product) }
        == "destination \"files\": it exists already. Choose another id, or change that one: "
        + "sealpost destination set files KEY=VALUE")
    #expect(
      errorText { try test.workspace.addDestination("b", adapter: "org.sealpost.console") }
        == "adapter \"org.sealpost.console\": it is not installed. See: sealpost adapter list")
  }

  @Test func `a workspace that is not eligible adds none`() throws {
    let test = try TestWorkspace(signed: false)
    try test.workspace.install(try test.package())
    #expect(
      errorText { try test.workspace.addDestination("files", adapter: TestWorkspace.product) }
        == "destination \"files\": this workspace is not eligible: no business associate agreement "
        + "was signed. See: sealpost workspace sign-baa --document FILE --signed-by NAME --on DATE"
    )
    #expect(try test.records(of: "destination/files").last?.outcome == .denied)
  }

  @Test func `settings are set, changed and removed, and told in the log`() throws {
    let test = try TestWorkspace.withDestination()
    try test.workspace.setDestination(
      "files", settings: ["rotate_bytes": .integer(5), "path": .string("/b")])
    try test.workspace.setDestination("files", removing: ["rotate_bytes"])
    let destination = try test.reopened().destination("files")
    #expect(String(decoding: destination.settingsJSON, as: UTF8.self) == #"{"path":"/b"}"#)
    let changes = try test.records(of: "destination/files").filter { $0.outcome == .ok }
      .map(\.entry.changes)
    #expect(
      changes.suffix(2) == [
        [
          AuditChange(setting: "settings.path", old: #""/var/out.ndjson""#, new: #""/b""#),
          AuditChange(setting: "settings.rotate_bytes", old: "", new: "5"),
        ],
        [AuditChange(setting: "settings.rotate_bytes", old: "5", new: "")],
      ])
  }

  @Test(arguments: [
    ("5", SettingValue.integer(5)), ("-1.5", .number(-1.5)), ("true", .bool(true)),
    ("null", .null), (#""5""#, .string("5")), ("/var/data", .string("/var/data")),
    ("truely", .string("truely")), ("", .string("")),
    ("[1,\"a\"]", .array([.integer(1), .string("a")])),
    (#"{"a":{"b":false}}"#, .object(["a": .object(["b": .bool(false)])])), ("{", .string("{")),
    ("12abc", .string("12abc")), ("a=b", .string("a=b")),
  ])
  func `a typed value is the JSON it is, else the text`(text: String, value: SettingValue) {
    #expect(SettingValue(typed: text) == value)
  }

  @Test(arguments: ["", "A", "a b", "1a", "_a", "a-b", String(repeating: "a", count: 65)])
  func `a setting's name is plain`(name: String) throws {
    let test = try TestWorkspace.withDestination()
    #expect(
      errorText { try test.workspace.setDestination("files", settings: [name: .null]) }
        .hasPrefix("setting \""))
  }

  @Test func `too many settings are refused`() throws {
    let test = try TestWorkspace.withDestination()
    let many = Dictionary(
      uniqueKeysWithValues: (0..<64).map { ("s\($0)", SettingValue.integer(Int64($0))) })
    #expect(
      errorText { try test.workspace.setDestination("files", settings: many) }
        == "destination \"files\": it would have more than 64 settings. Remove some.")
  }

  @Test func `enabling and disabling survive a restart`() throws {
    let test = try TestWorkspace.withDestination()
    #expect(try !test.workspace.destination("files").enabled)
    try test.workspace.enableDestination("files")
    #expect(try test.reopened().destination("files").enabled)
    try test.workspace.disableDestination("files")
    #expect(try !test.reopened().destination("files").enabled)
  }

  @Test func `a product taken from the list is not enabled any more`() throws {
    let test = try TestWorkspace.withDestination()
    try test.workspace.disallow(product: TestWorkspace.product)
    #expect(
      errorText { try test.workspace.enableDestination("files") }.hasPrefix(
        "destination \"files\": product \"org.sealpost.ndjson-file\" is not on the "
          + "eligible-products list"))
  }

  // MARK: - Secrets

  private static let secret = Array("s3cr3t-0f-the-clinic".utf8)

  @Test func `a secret comes back and stands nowhere in clear`() throws {
    let test = try TestWorkspace.withDestination()
    try test.workspace.setDestination("files", secrets: ["token": Self.secret])
    let workspace = try test.reopened()
    #expect(try workspace.secrets(of: workspace.destination("files")) == ["token": Self.secret])
    #expect(try filesHolding(Self.secret, below: test.path).isEmpty)
    let change = try #require(try test.records(of: "destination/files").last?.entry.changes.last)
    #expect(change == AuditChange(setting: "secrets.token", old: "", new: "(secret)"))
  }

  @Test func `a replaced or removed secret leaves no file`() throws {
    let test = try TestWorkspace.withDestination()
    try test.workspace.setDestination("files", secrets: ["token": Self.secret])
    try test.workspace.setDestination("files", secrets: ["token": [1, 2, 3]])
    #expect(
      try test.workspace.secrets(of: test.workspace.destination("files")) == ["token": [1, 2, 3]])
    #expect(try sealedFiles(test).count == 1)
    try test.workspace.removeDestination("files")
    #expect(try sealedFiles(test).isEmpty)
  }

  @Test func `a sealed file that was changed or moved does not open`() throws {
    let test = try TestWorkspace.withDestination()
    try test.workspace.setDestination("files", secrets: ["a": [1, 2, 3], "b": [4, 5, 6]])
    let destination = try test.workspace.destination("files")
    let file = "secrets/files/" + (try #require(destination.secrets["a"]))
    let other = "secrets/files/" + (try #require(destination.secrets["b"]))
    let whole = try Data(contentsOf: URL(fileURLWithPath: test.path + "/" + file))
    for index in whole.indices {
      var bytes = Array(whole)
      bytes[index] ^= 1
      try test.write(file, bytes)
      #expect(throws: WorkspaceError.self) { try test.workspace.secrets(of: destination) }
    }
    try test.write(file, try Data(contentsOf: URL(fileURLWithPath: test.path + "/" + other)))
    #expect(throws: WorkspaceError.self) { try test.workspace.secrets(of: destination) }
    try test.write(file, whole)
    #expect(try test.workspace.secrets(of: destination)["a"] == [1, 2, 3])
  }

  @Test func `an empty and an overlong secret are refused`() throws {
    let test = try TestWorkspace.withDestination()
    for secret in [[], [UInt8](repeating: 1, count: 65_537)] {
      #expect(
        errorText { try test.workspace.setDestination("files", secrets: ["token": secret]) }
          == "secret \"token\": it is empty or longer than 65536 bytes. Give the file that holds it."
      )
    }
  }

  private func sealedFiles(_ test: TestWorkspace) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: test.path + "/secrets/files")
  }
}
