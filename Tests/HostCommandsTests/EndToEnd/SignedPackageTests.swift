import Foundation
import Testing
import Workbench

/// A package is what its author signed: not another manifest, library, release or machine.
@Suite(.enabled(if: Sealpost.isBuilt, "sealpost was not built beside the tests"))
struct SignedPackageTests {
  private let clinic: Clinic

  init() throws { clinic = try Clinic() }

  /// A right signature is no permission.
  @Test func `a signed package of a product that is not on the list is refused`() throws {
    let package = try clinic.package(
      "HostileAdapter", manifest: "Tests/Fixtures/HostileAdapter/adapter.json")
    #expect(
      try clinic.refusal("adapter", "install", package).contains(
        "is not on the eligible-products list"))
    let log = try clinic.done(
      "audit", "log", "--type", "destination adapter installed", "--json"
    ).output
    #expect(log.contains("denied"))
    #expect(log.contains("is not on the eligible-products list"))
  }

  @Test func `a manifest that was changed after it was signed is refused`() throws {
    let package = try clinic.filePackage()
    try clinic.edit("\(package)/adapter.json") { $0.replacing("NDJSON file", with: "NDJSON File") }
    #expect(
      try clinic.refusal("adapter", "install", package, "--approve").contains(
        "its signature does not fit its adapter.json"))
    try clinic.expectRefused("its signature does not fit")
  }

  @Test func `a library that was exchanged after it was signed is refused`() throws {
    let package = try clinic.filePackage()
    let library = clinic.folder.file("\(package)/libNDJSONFileDestination.so")
    let handle = try #require(FileHandle(forWritingAtPath: library))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data([0]))
    try handle.close()
    #expect(
      try clinic.refusal("adapter", "install", package, "--approve").contains("its library has "))
    try clinic.expectRefused("its library has")
  }

  @Test func `an older release is refused, also after a removal`() throws {
    let package = try clinic.filePackage()
    try clinic.done("adapter", "sign", package, "--key", "release.key", "--release", "5")
    try clinic.done("adapter", "install", package, "--approve")
    try clinic.done("adapter", "sign", package, "--key", "release.key", "--release", "4")
    #expect(
      try clinic.refusal("adapter", "install", package, "--approve").contains(
        "its release is 4, and 5 was installed before"))
    try clinic.done("adapter", "remove", Clinic.fileProduct)
    #expect(try clinic.done("adapter", "list", "--json").output == "[]\n")
    #expect(
      try clinic.refusal("adapter", "install", package, "--approve").contains(
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
      try clinic.refusal("adapter", "install", package, "--approve").contains("with other content"))
    try clinic.done("adapter", "sign", package, "--key", "release.key", "--release", "6")
    try clinic.done("adapter", "install", package, "--approve")
  }

  @Test func `after its last day it is neither installed nor loaded`() throws {
    let package = try clinic.filePackage()
    try clinic.done(
      "adapter", "sign", package, "--key", "release.key", "--not-after", "2026-01-31")
    #expect(
      try clinic.refusal("adapter", "install", package, "--approve").contains(
        "it is not to be used after 2026-01-31"))
    try clinic.expectRefused("it is not to be used after 2026-01-31")
  }

  @Test func `a package for another machine is refused`() throws {
    let package = try clinic.filePackage()
    // Signed with the right key, over a manifest that says another machine.
    try clinic.edit("\(package)/adapter.json") {
      $0.replacing("x86_64-linux-gnu", with: "other").replacing("aarch64-linux-gnu", with: "other")
        .replacing("other", with: Self.otherTarget)
    }
    try sign("\(package)/adapter.json")
    #expect(
      try clinic.refusal("adapter", "install", package, "--approve").contains(
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
    let package = try clinic.filePackage()
    let text = try clinic.folder.text("\(package)/adapter.json.sig")
    let lines = text.split(separator: "\n")
    #expect(lines.count == 3)
    let signature = try #require(Data(base64Encoded: String(lines[2])))
    try signature.write(to: URL(fileURLWithPath: clinic.folder.file("signature")))
    let manifest = try clinic.folder.text("\(package)/adapter.json")
    try clinic.folder.write("message", "sealpost adapter manifest 1\n" + manifest)
    try openssl(
      "pkeyutl", "-verify", "-pubin", "-inkey", clinic.folder.file("release.key.pub"), "-rawin",
      "-in", clinic.folder.file("message"), "-sigfile", clinic.folder.file("signature"))
    try sign("\(package)/adapter.json")
    try clinic.done("adapter", "install", package, "--approve")
  }
}
