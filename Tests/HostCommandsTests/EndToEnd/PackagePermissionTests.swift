import Foundation
import Testing
import Workbench

/// What a package asks for and says of itself, before any of its code runs.
@Suite(.enabled(if: Sealpost.isBuilt, "sealpost was not built beside the tests"))
struct PackagePermissionTests {
  private let clinic: Clinic

  init() throws { clinic = try Clinic() }

  /// The table of `adapter inspect`, without its columns' width.
  private func inspected(_ package: String) throws -> String {
    try clinic.done("adapter", "inspect", package).output.replacing(#/ {2,}/#, with: " ")
  }

  @Test func `what it asks for is approved once, and asked for again only when it grows`() throws {
    let package = try clinic.filePackage()
    let refused = try clinic.refusal("adapter", "install", package)
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
    try clinic.edit("\(package)/adapter.json") {
      $0.replacing(#""files" :"#, with: #""http" : ["api.example.com"], "files" :"#)
    }
    try clinic.done("adapter", "sign", package, "--key", "release.key", "--release", "2")
    #expect(
      try clinic.refusal("adapter", "install", package).contains("approved: http api.example.com."))
    try clinic.done("adapter", "install", package, "--approve")
    let log = try clinic.done(
      "audit", "log", "--type", "destination adapter installed", "--json"
    ).output
    #expect(log.contains("http api.example.com; files write $settings.path"))
    #expect(log.contains("key_id"))
  }

  @Test func `without a workspace a package is shown, and its signature not vouched for`() throws {
    let package = try clinic.filePackage()
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
