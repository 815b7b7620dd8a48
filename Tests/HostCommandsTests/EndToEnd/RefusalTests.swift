import Foundation
import Testing
import Workbench

@testable import HostCommands

/// Each refusal by its words and its exit code, on the executable.
@Suite(.enabled(if: Sealpost.isBuilt, "sealpost was not built beside the tests"))
struct RefusalTests {
  private func refusal(
    _ words: String..., in clinic: Clinic
  ) throws -> (code: Int32, text: String) {
    let outcome = try clinic.sealpost(words)
    #expect(outcome.output.isEmpty)
    return (outcome.code, outcome.errors.replacing(clinic.folder.path + "/", with: ""))
  }

  @Test func `without an agreement no destination is added, and the mend is named`() throws {
    let clinic = try Clinic(signed: false)
    #expect(try clinic.sealpost("workspace", "verify").code == 1)
    try clinic.done("adapter", "install", "--approve", clinic.filePackage())
    let refused = try refusal(
      "destination", "add", "file", "--adapter", "org.sealpost.ndjson-file", "--set", "path=o",
      in: clinic)
    #expect(refused.code == 77)
    #expect(
      refused.text
        == "error: destination \"file\": this workspace is not eligible: no business associate "
        + "agreement was signed. See: sealpost workspace sign-baa --document FILE --signed-by NAME --on DATE\n"
    )
    let log = try clinic.done("audit", "log", "--type", "destination created").output
    #expect(log.contains("denied"))
  }

  @Test func `a product that is not on the list is not installed, until the owner allows it`()
    throws
  {
    let clinic = try Clinic()
    let package = try clinic.package(
      "CountingAdapter", manifest: "Tests/Fixtures/CountingAdapter/adapter.json")
    let refused = try refusal("adapter", "install", package, in: clinic)
    #expect(refused.code == 77)
    #expect(
      refused.text.hasPrefix(
        "error: adapter \"org.sealpost.test.counting\": product \"org.sealpost.test.counting\" is not "
          + "on the eligible-products list (list of "))
    #expect(refused.text.hasSuffix("). See: sealpost products list\n"))
    try clinic.folder.write("evidence.txt", "BAA with the vendor, kept in the safe\n")
    try clinic.done(
      "products", "allow", "org.sealpost.test.counting", "--evidence", "evidence.txt")
    try clinic.done("adapter", "install", package, "--approve")
  }

  @Test func `a misspelt id gets a suggestion`() throws {
    let clinic = try Clinic()
    try clinic.addFile()
    let refused = try refusal("destination", "enable", "flie", in: clinic)
    #expect(refused.code == 78)
    #expect(
      refused.text
        == "error: destination \"flie\": there is none of that id. Did you mean \"file\"? "
        + "See: sealpost destination list\n")
    let product = try refusal("products", "show", "org.sealpost.ndjson-fil", in: clinic)
    #expect(product.text.contains("Did you mean \"org.sealpost.ndjson-file\"?"))
  }

  @Test func `a field that is red or unknown is refused before a key is made`() throws {
    let clinic = try Clinic()
    try clinic.addFile()
    for field in ["nonsense", "userId"] {
      let refused = try refusal(
        "encryption", "enable", "file", "--fields", "email,\(field)", "--generate-key",
        "--private-key-out", "key.pem", in: clinic)
      #expect(refused.code == 78)
      #expect(refused.text.hasPrefix("error: field \"\(field)\": "))
      #expect(!FileManager.default.fileExists(atPath: clinic.folder.file("key.pem")))
    }
  }

  @Test func `a private key is never written over a file`() throws {
    let clinic = try Clinic()
    try clinic.addFile()
    try clinic.folder.write("key.pem", "something else")
    let refused = try refusal(
      "encryption", "enable", "file", "--fields", "email", "--generate-key", "--private-key-out",
      "key.pem", in: clinic)
    #expect(refused.code == 73)
    #expect(
      try clinic.folder.text("key.pem") == "something else"
    )
  }

  @Test func `no workspace, a folder that is none, and one open to others are told apart`() throws {
    let clinic = try Clinic()
    let missing = try refusal("destination", "list", "--workspace", "nowhere", in: clinic)
    #expect(missing.code == 66)
    #expect(missing.text.contains("there is no such folder"))
    try FileManager.default.createDirectory(
      atPath: clinic.folder.file("empty"), withIntermediateDirectories: false,
      attributes: [.posixPermissions: 0o700])
    let empty = try refusal("destination", "list", "--workspace", "empty", in: clinic)
    #expect(empty.code == 66)
    #expect(empty.text.contains("it holds no workspace.json"))
    try setMode(0o755, of: clinic.folder.file("workspace"))
    let open = try refusal("destination", "list", in: clinic)
    #expect(open.code == 77)
    #expect(open.text.contains("Run: chmod 700 "))
  }

  @Test func `an input that is not there is no input`() throws {
    let clinic = try Clinic()
    try clinic.addFile()
    try clinic.done("destination", "enable", "file")
    #expect(try refusal("run", "--input", "nowhere.ndjson", in: clinic).code == 66)
    #expect(try refusal("run", "--input", "nowhere/", in: clinic).code == 66)
  }

  @Test func `an adapter for another machine is refused without being run`() throws {
    let clinic = try Clinic()
    let package = try clinic.filePackage()
    let library = clinic.folder.file("\(package)/libNDJSONFileDestination.so")
    let handle = try #require(FileHandle(forUpdatingAtPath: library))
    try handle.seek(toOffset: 18)
    try handle.write(contentsOf: Data([40]))
    let refused = try refusal("adapter", "install", package, in: clinic)
    #expect(refused.code == 78)
    #expect(refused.text.contains("its machine (e_machine) is ARM, 32 bits (40), this host loads "))
  }

  @Test func `a secret on the command line is refused and not repeated`() throws {
    let clinic = try Clinic()
    let refused = try refusal(
      "destination", "add", "x", "--adapter", "org.sealpost.console", "--set-secret",
      "token=hunter2",
      in: clinic)
    #expect(refused.code == 2)
    #expect(!refused.text.contains("hunter2"))
  }

  @Test func `a destination that is removed is gone, and its id free`() throws {
    let clinic = try Clinic()
    try clinic.addFile()
    try clinic.done("destination", "remove", "file")
    #expect(try (clinic.sealpost.json("destination", "list") as? [Any])?.isEmpty == true)
    #expect(try refusal("destination", "show", "file", in: clinic).code == 78)
  }

  @Test func `a document changed by hand is named, and accepted by reconcile`() throws {
    let clinic = try Clinic()
    try clinic.addFile()
    try clinic.edit("workspace/destinations/file.json") {
      $0.replacing("out.ndjson", with: "other.ndjson")
    }
    let refused = try refusal("destination", "enable", "file", in: clinic)
    #expect(refused.code == 78)
    #expect(refused.text.contains("or accept it: sealpost destination reconcile file"))
    try clinic.done("destination", "reconcile", "file")
    try clinic.done("destination", "enable", "file")
  }
}
