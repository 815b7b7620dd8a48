import Foundation
import Testing
import Workbench

/// Whose signatures a workspace takes, at the installation and at every load.
@Suite(.enabled(if: Sealpost.isBuilt, "sealpost was not built beside the tests"))
struct TrustedKeyTests {
  private let clinic: Clinic

  init() throws { clinic = try Clinic() }

  @Test func `an unsigned package is refused, and taken where signatures are optional`() throws {
    let package = try clinic.unsignedFilePackage()
    #expect(
      try clinic.refusal("adapter", "install", package, "--approve").contains(
        "it has no signature, adapter.json.sig, and this workspace requires one"))
    try clinic.expectRefused("it has no signature")
    try clinic.done("workspace", "set", "adapter_signatures", "optional")
    try clinic.done("adapter", "install", package, "--approve")
    #expect(try clinic.done("adapter", "list").output.contains("(not signed)"))
  }

  @Test func `a key that the workspace does not trust is none`() throws {
    let package = try clinic.unsignedFilePackage()
    try clinic.done("adapter", "keygen", "--output", "stranger.key")
    try clinic.done("adapter", "sign", package, "--key", "stranger.key")
    #expect(
      try clinic.refusal("adapter", "install", package, "--approve").contains(
        "which this workspace does not trust"))
    try clinic.expectRefused("which this workspace does not trust")
    try clinic.done("adapter", "trust", "add", "stranger.key.pub", "--name", "stranger")
    try clinic.done("adapter", "install", package, "--approve")
  }

  @Test func `an adapter whose key is not trusted any more is not loaded, and verify says so`()
    throws
  {
    try clinic.addFile()
    try clinic.done("destination", "enable", "file")
    #expect(try clinic.done("adapter", "verify").output.contains("holds"))
    #expect(try clinic.sealpost("run", "--from", "start", input: Clinic.events).code == 0)
    let list = try clinic.done("adapter", "trust", "list", "--json").output
    let id = try #require(list.firstMatch(of: #/"id": "([0-9a-f]{64})"/#)).1
    let removed = try clinic.done("adapter", "trust", "remove", String(id.prefix(12)))
    #expect(removed.errors.contains("not loaded any more: \(Clinic.fileProduct)"))
    let verified = try clinic.sealpost("adapter", "verify", "--json")
    #expect(verified.code == 1)
    #expect(verified.output.contains(#""holds": false"#))
    #expect(try clinic.sealpost("run", "--from", "start", input: Clinic.events).code == 75)
    try clinic.expectRefused("which this workspace does not trust")
  }

  @Test func `a signature taken from the installed folder stops the adapter`() throws {
    try clinic.addFile()
    try clinic.done("destination", "enable", "file")
    try FileManager.default.removeItem(
      atPath: clinic.folder.file("workspace/adapters/\(Clinic.fileProduct)/1.0.0/adapter.json.sig"))
    #expect(try clinic.sealpost("run", "--from", "start", input: Clinic.events).code == 75)
    try clinic.expectRefused("it has no signature")
  }

  @Test func `the list of trusted keys is not edited by hand`() throws {
    try clinic.addFile()
    try clinic.done("destination", "enable", "file")
    try clinic.edit("workspace/adapter-trust.json") { $0.replacing("Release", with: "Someone") }
    #expect(try clinic.sealpost("run", "--from", "start", input: Clinic.events).code == 75)
    #expect(try clinic.sealpost("adapter", "trust", "list").code == 78)
  }

  @Test func `a key is never written over, and a private one open to others is not read`() throws {
    #expect(try clinic.sealpost("adapter", "keygen", "--output", "release.key").code == 73)
    let package = try clinic.unsignedFilePackage()
    try setMode(0o644, of: clinic.folder.file("release.key"))
    let open = try clinic.refusal("adapter", "sign", package, "--key", "release.key")
    #expect(open.contains("lets others in"))
    #expect(!open.contains("PRIVATE KEY"))
  }

  @Test func `what is no key and no key's name is refused`() throws {
    try clinic.folder.write("no.pub", "hello")
    #expect(
      try clinic.sealpost("adapter", "trust", "add", "no.pub", "--name", "x").code != 0)
    #expect(
      try clinic.refusal("adapter", "trust", "add", "release.key.pub", "--name", "again").contains(
        "it is trusted already"))
    #expect(try clinic.refusal("adapter", "trust", "remove", "ffff").contains("it is not trusted"))
  }
}
