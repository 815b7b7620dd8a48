import Foundation
import Testing

@testable import HostCommands

/// Packages, their signatures and what they ask for, on the executable.
@Suite(.enabled(if: Sealpost.isBuilt, "sealpost was not built beside the tests"))
struct SignedPackageTests {
  private let clinic: Clinic
  private static let manifest = "Plugins/NDJSONFileDestination/adapter.json"
  private static let product = "org.sealpost.ndjson-file"

  init() throws { clinic = try Clinic() }

  private func package() throws -> String {
    try clinic.package("NDJSONFileDestination", manifest: Self.manifest)
  }

  private func refusal(_ words: String...) throws -> String {
    let outcome = try clinic.sealpost(words)
    #expect(outcome.code != 0)
    #expect(outcome.output.isEmpty)
    return outcome.errors
  }

  /// The table of `adapter inspect`, without its columns' width.
  private func inspected(_ package: String) throws -> String {
    try clinic.done("adapter", "inspect", package).output.replacing(#/ {2,}/#, with: " ")
  }

  private func expectRefusedInLog(_ reason: String) throws {
    let log = try clinic.done("audit", "log", "--type", "destination adapter refused", "--json")
    #expect(log.output.contains(reason))
    #expect(log.output.contains("denied"))
  }

  private func edit(_ file: String, _ change: (String) -> String) throws {
    let path = clinic.folder.file(file)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try change(text).write(toFile: path, atomically: true, encoding: .utf8)
  }

  @Test func `what it asks for is approved once, and asked for again only when it grows`() throws {
    let package = try package()
    let refused = try refusal("adapter", "install", package)
    #expect(
      refused.contains(
        "it asks for what nobody has approved: files write $settings.path; "
          + "files rotate $settings.path when rotate_bytes"))
    let before = try inspected(package)
    #expect(before.contains("asks for + files write $settings.path\n"))
    try clinic.done("adapter", "install", package, "--approve")
    try clinic.done("adapter", "install", package)
    let after = try inspected(package)
    #expect(after.contains("asks for = files write $settings.path\n"))
    try edit("\(package)/adapter.json") {
      $0.replacing(#""files" :"#, with: #""http" : ["api.example.com"], "files" :"#)
    }
    try clinic.done("adapter", "sign", package, "--key", "release.key", "--release", "2")
    #expect(try refusal("adapter", "install", package).contains("approved: http api.example.com."))
    try clinic.done("adapter", "install", package, "--approve")
    let log = try clinic.done(
      "audit", "log", "--type", "destination adapter installed", "--json"
    ).output
    #expect(log.contains("http api.example.com; files write $settings.path"))
    #expect(log.contains("key_id"))
  }

  @Test func `an unsigned package is refused, and taken where signatures are optional`() throws {
    let package = try clinic.unsignedPackage("NDJSONFileDestination", manifest: Self.manifest)
    #expect(
      try refusal("adapter", "install", package, "--approve").contains(
        "it has no signature, adapter.json.sig, and this workspace requires one"))
    try expectRefusedInLog("it has no signature")
    try clinic.done("workspace", "set", "adapter_signatures", "optional")
    try clinic.done("adapter", "install", package, "--approve")
    #expect(try clinic.done("adapter", "list").output.contains("(not signed)"))
  }

  @Test func `a key that the workspace does not trust is none`() throws {
    let package = try clinic.unsignedPackage("NDJSONFileDestination", manifest: Self.manifest)
    try clinic.done("adapter", "keygen", "--output", "stranger.key")
    try clinic.done("adapter", "sign", package, "--key", "stranger.key")
    #expect(
      try refusal("adapter", "install", package, "--approve").contains(
        "which this workspace does not trust"))
    try expectRefusedInLog("which this workspace does not trust")
    try clinic.done("adapter", "trust", "add", "stranger.key.pub", "--name", "stranger")
    try clinic.done("adapter", "install", package, "--approve")
  }

  /// A right signature is no permission.
  @Test func `a signed package of a product that is not on the list is refused`() throws {
    let package = try clinic.package(
      "HostileAdapter", manifest: "Tests/Fixtures/HostileAdapter/adapter.json")
    #expect(
      try refusal("adapter", "install", package).contains("is not on the eligible-products list"))
    let log = try clinic.done(
      "audit", "log", "--type", "destination adapter installed", "--json"
    ).output
    #expect(log.contains("denied"))
    #expect(log.contains("is not on the eligible-products list"))
  }

  @Test func `a manifest that was changed after it was signed is refused`() throws {
    let package = try package()
    try edit("\(package)/adapter.json") { $0.replacing("NDJSON file", with: "NDJSON File") }
    #expect(
      try refusal("adapter", "install", package, "--approve").contains(
        "its signature does not fit its adapter.json"))
    try expectRefusedInLog("its signature does not fit")
  }

  @Test func `a library that was exchanged after it was signed is refused`() throws {
    let package = try package()
    let library = clinic.folder.file("\(package)/libNDJSONFileDestination.so")
    let handle = try #require(FileHandle(forWritingAtPath: library))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data([0]))
    try handle.close()
    #expect(try refusal("adapter", "install", package, "--approve").contains("its library has "))
    try expectRefusedInLog("its library has")
  }

  @Test func `an older release is refused, also after a removal`() throws {
    let package = try package()
    try clinic.done("adapter", "sign", package, "--key", "release.key", "--release", "5")
    try clinic.done("adapter", "install", package, "--approve")
    try clinic.done("adapter", "sign", package, "--key", "release.key", "--release", "4")
    #expect(
      try refusal("adapter", "install", package, "--approve").contains(
        "its release is 4, and 5 was installed before"))
    try clinic.done("adapter", "remove", Self.product)
    #expect(try clinic.done("adapter", "list", "--json").output == "[]\n")
    #expect(
      try refusal("adapter", "install", package, "--approve").contains(
        "its release is 4, and 5 was installed before"))
    let log = try clinic.done(
      "audit", "log", "--type", "destination adapter installed", "--json"
    ).output
    #expect(log.contains("its release is 4"))
    // The same number with other content is no new release either.
    try clinic.done(
      "adapter", "sign", package, "--key", "release.key", "--release", "5", "--not-after",
      "2999-12-31")
    #expect(
      try refusal("adapter", "install", package, "--approve").contains("with other content"))
    try clinic.done("adapter", "sign", package, "--key", "release.key", "--release", "6")
    try clinic.done("adapter", "install", package, "--approve")
  }

  @Test func `after its last day it is neither installed nor loaded`() throws {
    let package = try package()
    try clinic.done(
      "adapter", "sign", package, "--key", "release.key", "--not-after", "2026-01-31")
    #expect(
      try refusal("adapter", "install", package, "--approve").contains(
        "it is not to be used after 2026-01-31"))
    try expectRefusedInLog("it is not to be used after 2026-01-31")
  }

  @Test func `a package for another machine is refused`() throws {
    let package = try package()
    // Signed with the right key, over a manifest that says another machine.
    try edit("\(package)/adapter.json") {
      $0.replacing("x86_64-linux-gnu", with: "other").replacing("aarch64-linux-gnu", with: "other")
        .replacing("other", with: Self.otherTarget)
    }
    try sign("\(package)/adapter.json")
    #expect(
      try refusal("adapter", "install", package, "--approve").contains(
        "it is built for \(Self.otherTarget), this machine is "))
  }

  #if arch(arm64)
    private static let otherTarget = "x86_64-linux-gnu"
  #else
    private static let otherTarget = "aarch64-linux-gnu"
  #endif

  /// Signs by openssl, as another implementation of the format would.
  private func sign(_ manifest: String) throws {
    let folder = clinic.folder
    let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.file(manifest)))
    try folder.write(
      "message", "sealpost adapter manifest 1\n" + String(decoding: bytes, as: UTF8.self))
    try openssl(
      "pkeyutl", "-sign", "-inkey", folder.file("release.key"), "-rawin", "-in",
      folder.file("message"), "-out", folder.file("signature"))
    let signature = try Data(contentsOf: URL(fileURLWithPath: folder.file("signature")))
    let list = try clinic.done("adapter", "trust", "list", "--json").output
    let id = try #require(list.firstMatch(of: #/"id": "([0-9a-f]{64})"/#)).1
    try folder.write(
      manifest + ".sig",
      "sealpost adapter signature 1\n\(id)\n\(signature.base64EncodedString())\n")
  }

  private func openssl(_ words: String...) throws {
    #expect(try Sealpost.run("/usr/bin/openssl", words).code == 0)
  }

  @Test func `openssl verifies what was signed, and signs what is taken`() throws {
    let package = try package()
    let text = try String(
      contentsOfFile: clinic.folder.file("\(package)/adapter.json.sig"), encoding: .utf8)
    let lines = text.split(separator: "\n")
    #expect(lines.count == 3)
    let signature = try #require(Data(base64Encoded: String(lines[2])))
    try signature.write(to: URL(fileURLWithPath: clinic.folder.file("signature")))
    let manifest = try String(
      contentsOfFile: clinic.folder.file("\(package)/adapter.json"), encoding: .utf8)
    try clinic.folder.write("message", "sealpost adapter manifest 1\n" + manifest)
    try openssl(
      "pkeyutl", "-verify", "-pubin", "-inkey", clinic.folder.file("release.key.pub"), "-rawin",
      "-in", clinic.folder.file("message"), "-sigfile", clinic.folder.file("signature"))
    try sign("\(package)/adapter.json")
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
    #expect(removed.errors.contains("not loaded any more: \(Self.product)"))
    let verified = try clinic.sealpost("adapter", "verify", "--json")
    #expect(verified.code == 1)
    #expect(verified.output.contains(#""holds": false"#))
    #expect(try clinic.sealpost("run", "--from", "start", input: Clinic.events).code == 75)
    try expectRefusedInLog("which this workspace does not trust")
  }

  @Test func `a signature taken from the installed folder stops the adapter`() throws {
    try clinic.addFile()
    try clinic.done("destination", "enable", "file")
    try FileManager.default.removeItem(
      atPath: clinic.folder.file("workspace/adapters/\(Self.product)/1.0.0/adapter.json.sig"))
    #expect(try clinic.sealpost("run", "--from", "start", input: Clinic.events).code == 75)
    try expectRefusedInLog("it has no signature")
  }

  @Test func `the list of trusted keys is not edited by hand`() throws {
    try clinic.addFile()
    try clinic.done("destination", "enable", "file")
    try edit("workspace/adapter-trust.json") { $0.replacing("Release", with: "Someone") }
    #expect(try clinic.sealpost("run", "--from", "start", input: Clinic.events).code == 75)
    #expect(try clinic.sealpost("adapter", "trust", "list").code == 78)
  }

  @Test func `a key is never written over, and a private one open to others is not read`() throws {
    #expect(try clinic.sealpost("adapter", "keygen", "--output", "release.key").code == 73)
    let package = try clinic.unsignedPackage("NDJSONFileDestination", manifest: Self.manifest)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o644], ofItemAtPath: clinic.folder.file("release.key"))
    let open = try refusal("adapter", "sign", package, "--key", "release.key")
    #expect(open.contains("lets others in"))
    #expect(!open.contains("PRIVATE KEY"))
  }

  @Test func `what is no key and no key's name is refused`() throws {
    try clinic.folder.write("no.pub", "hello")
    #expect(
      try clinic.sealpost("adapter", "trust", "add", "no.pub", "--name", "x").code != 0)
    #expect(
      try refusal("adapter", "trust", "add", "release.key.pub", "--name", "again").contains(
        "it is trusted already"))
    #expect(try refusal("adapter", "trust", "remove", "ffff").contains("it is not trusted"))
  }

  @Test func `without a workspace a package is shown, and its signature not vouched for`() throws {
    let package = try package()
    let shown = try clinic.done("adapter", "inspect", package, "--workspace", "nowhere")
    #expect(shown.output.contains("not checked: there is no workspace"))
    #expect(shown.output.contains("sandbox here"))
  }

  /// The library's constructor would end whatever loads it.
  @Test func `a library that is not installed is told by its note, and none of its code runs`()
    throws
  {
    _ = try clinic.unsignedPackage(
      "ConstructorCrashAdapter", manifest: "Tests/Fixtures/ConstructorCrashAdapter/adapter.json")
    for words in [
      ["adapter", "list", "ConstructorCrashAdapter"],
      ["adapter", "inspect", "ConstructorCrashAdapter/libConstructorCrashAdapter.so"],
    ] {
      let shown = try clinic.sealpost(words)
      #expect(shown.code == 0)
      #expect(shown.output.contains("org.sealpost.test.constructor-crash  1.0.0    1.0"))
    }
    let folder = try clinic.done("adapter", "inspect", "ConstructorCrashAdapter").output
    #expect(folder.contains("org.sealpost.test.constructor-crash 1.0.0, ABI 1, minor 0 or later"))
    try clinic.folder.write("no.so", "hello")
    let none = try clinic.sealpost("adapter", "list", "no.so")
    #expect(none.code == 1)
    #expect(none.output.contains("the ELF magic is missing"))
  }
}
