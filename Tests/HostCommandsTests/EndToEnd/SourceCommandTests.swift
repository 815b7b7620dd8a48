import Foundation
import Testing
import Workbench

/// `source`: write keys are made, changed and taken away, and no trace of one stays.
@Suite(.enabled(if: Sealpost.isBuilt, "sealpost is not built"))
struct SourceCommandTests {
  private let clinic: Clinic

  init() throws { clinic = try Clinic() }

  private func key(_ file: String) throws -> String {
    try clinic.folder.text(file)
      .trimmingCharacters(in: .newlines)
  }

  private func list() throws -> [[String: Any]] {
    try clinic.sealpost.json("source", "list") as? [[String: Any]] ?? []
  }

  @Test func `a source is made, its key changed, turned off and on, and all of it is in the log`()
    throws
  {
    #expect(try list().isEmpty)
    let made = try clinic.done("source", "add", "website", "--output", "first.key")
    #expect(made.output.isEmpty && made.errors.contains("Source website made"))
    #expect(try key("first.key").wholeMatch(of: #/[0-9a-f]{32}/#) != nil)
    #expect(try mode(of: clinic.folder.file("first.key")) == 0o600)
    try clinic.done(
      "source", "rotate-write-key", "website", "--overlap", "2", "--output", "second.key")
    #expect(try key("second.key") != key("first.key"))
    #expect(try list().first?["old_write_key_expires_at"] is String)
    try clinic.done("source", "rotate-write-key", "website", "--output", "third.key")
    #expect(try list().first?["old_write_key_expires_at"] is NSNull)
    try clinic.done("source", "disable", "website")
    #expect(try list().first?["enabled"] as? Bool == false)
    #expect(try clinic.done("source", "list").output.contains("off"))
    try clinic.done("source", "enable", "website")
    let log = try clinic.done("audit", "log").output
    for type in [
      "Source Created", "Source Write Key Rotated", "Source Disabled", "Source Modified",
    ] {
      #expect(log.contains(type))
    }
    #expect(try clinic.sealpost("audit", "verify").code == 0)
    try expectNoTrace(of: ["first.key", "second.key", "third.key"].map(key))
  }

  /// Not in a document, not in the audit log.
  private func expectNoTrace(of keys: [String]) throws {
    let workspace = clinic.folder.file("workspace")
    #expect(FileManager.default.fileExists(atPath: workspace + "/sources/website.json"))
    for key in keys { #expect(try filesHolding(key.utf8, below: workspace).isEmpty) }
  }

  @Test(arguments: [
    (["source", "add", "Web"], 78, "1 to 64 of a-z, 0-9 and hyphens"),
    (["source", "add", "website"], 78, "there is one of this id"),
    (["source", "rotate-write-key", "other"], 78, "sealpost source list"),
    (["source", "rotate-write-key", "website", "--overlap", "721"], 78, "0 to 720 hours"),
    (["source", "rotate-write-key", "website", "--overlap", "x"], 78, "0 to 720 hours"),
  ])
  func `what cannot be done is told with its mend`(
    words: [String], code: Int32, text: String
  ) throws {
    try clinic.done("source", "add", "website", "--output", "website.key")
    let outcome = try clinic.sealpost(words + ["--output", "x.key"])
    #expect(outcome.code == code && outcome.errors.contains(text), "\(outcome.errors)")
    #expect(!FileManager.default.fileExists(atPath: clinic.folder.file("x.key")))
    #expect(try list().count == 1)
  }

  @Test func `a key is not written where others would see it`() throws {
    let piped = try clinic.sealpost("source", "add", "website")
    #expect(piped.code == 2 && piped.errors.contains("standard output is no terminal"))
    try clinic.folder.write("there.key", "x")
    #expect(try clinic.sealpost("source", "add", "website", "--output", "there.key").code != 0)
    #expect(try list().isEmpty)
    let shown = try clinic.sealpost.onTerminal(["source", "add", "website"])
    #expect(shown.code == 0 && shown.output.firstMatch(of: #/(?m)^[0-9a-f]{32}\r?$/#) != nil)
  }

  @Test(arguments: [
    (["--listen", "8080"], "8080 is no address"),
    (["--tls-key", "k.pem"], "nothing listens"),
    (["--trusted-proxy", "unix"], "nothing listens"),
    (["--listen", "127.0.0.1:0", "--tls-key", "k.pem"], "it needs a certificate"),
    (["--listen", "127.0.0.1:0", "--tls-certificate", "c.pem"], "it needs its key"),
    (["--listen", "127.0.0.1:0", "--trusted-proxy", "x"], "x is no network"),
    (["--listen", "127.0.0.1:0", "--until-idle"], "a listener or a stream has no end"),
  ])
  func `options that do not go together are refused`(words: [String], text: String) throws {
    let outcome = try clinic.sealpost(["run"] + words)
    #expect(outcome.code == 2 && outcome.errors.contains(text), "\(outcome.errors)")
  }
}
