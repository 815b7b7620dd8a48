import Foundation
import Testing
import Workbench

@testable import HostCommands

/// How a destination comes to its key, on the executable.
@Suite(.enabled(if: Sealpost.isBuilt, "sealpost was not built beside the tests"))
struct EncryptionKeyTests {
  private let clinic: Clinic

  init() throws {
    clinic = try Clinic()
    try clinic.addFile()
  }

  private func shown() throws -> [String: Any] {
    try #require(try clinic.sealpost.json("encryption", "show", "file") as? [String: Any])
  }

  /// A key pair made by OpenSSL's program, as an owner makes one elsewhere.
  private func bring(_ name: String) throws {
    let folder = clinic.folder.path
    for words in [
      ["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "\(name).pem"],
      ["pkey", "-in", "\(name).pem", "-pubout", "-out", "\(name).pub"],
    ] {
      #expect(try Sealpost.run("openssl", words, in: folder).code == 0)
    }
    try setMode(0o600, of: clinic.folder.file("\(name).pem"))
  }

  private func text(_ name: String) throws -> String {
    try clinic.folder.text(name)
  }

  @Test(.enabled(if: Sealpost.hasOpenSSL, "the openssl program is absent"))
  func `a brought key encrypts nothing and nothing is sent until its challenge is answered`() throws
  {
    try bring("owner")
    let enabled = try clinic.done(
      "encryption", "enable", "file", "--fields", "email", "--public-key", "owner.pub")
    #expect(enabled.errors.contains("is pending. Show that its private key is at hand: "))
    #expect(enabled.errors.contains("Until then nothing is sent to file."))
    let warned = try clinic.done("destination", "enable", "file")
    #expect(warned.errors.contains("gets nothing before its key is confirmed"))
    #expect(try shown()["active_key"] is NSNull)
    #expect((try shown()["pending_key"] as? [String: Any])?["origin"] as? String == "imported")

    let run = try clinic.sealpost("run", "--from", "start", input: Clinic.events)
    #expect(run.code == 75)
    #expect(run.errors.contains("its encryption key is pending, so nothing can be sealed. See: "))
    #expect(run.errors.contains("encryption_key_missing 30"))
    #expect(!FileManager.default.fileExists(atPath: clinic.folder.file("out.ndjson")))

    try clinic.done("encryption", "answer", "file", "--private-key", "owner.pem")
    #expect((try shown()["active_key"] as? [String: Any])?["proof"] as? String == "answered")
    #expect(try clinic.sealpost("run", "--from", "start", input: Clinic.events).code == 0)
    let opened = try clinic.done("decrypt", "--key", "owner.pem", "out.ndjson")
    #expect(opened.output == Clinic.events)
  }

  @Test(.enabled(if: Sealpost.hasOpenSSL, "the openssl program is absent"))
  func
    `the challenge is opened where the private key is, by openssl, and only the text comes back`()
    throws
  {
    try bring("owner")
    try clinic.done(
      "encryption", "enable", "file", "--fields", "email", "--public-key", "owner.pub")
    try clinic.folder.write(
      "challenge.txt", try clinic.done("encryption", "challenge", "file").output)
    let script = """
      openssl base64 -d -A -in challenge.txt | openssl pkeyutl -decrypt -inkey owner.pem \
        -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha256
      """
    let answer = try Sealpost.run("sh", ["-c", script], in: clinic.folder.path)
    #expect(answer.output.hasPrefix("sealpost-challenge-"))
    let outcome = try clinic.sealpost(
      "encryption", "answer", "file", "--answer", "-", input: answer.output + "\n")
    #expect(outcome.code == 0)
    #expect(try shown()["pending_key"] is NSNull)
    #expect(try clinic.sealpost("encryption", "challenge", "file").code == 78)
  }

  @Test(.enabled(if: Sealpost.hasOpenSSL, "the openssl program is absent"))
  func `another private key is no answer, the log shows the attempt, and the old key stays in use`()
    throws
  {
    try bring("owner")
    try bring("stranger")
    try clinic.done(
      "encryption", "enable", "file", "--fields", "email", "--generate-key", "--bits", "2048",
      "--private-key-out", "first.pem")
    try clinic.done("destination", "enable", "file")
    let rotated = try clinic.done(
      "encryption", "rotate-key", "file", "--public-key", "owner.pub")
    #expect(rotated.errors.contains("Until then the present key stays in use."))
    let refused = try clinic.sealpost(
      "encryption", "answer", "file", "--private-key", "stranger.pem")
    #expect(refused.code == 1)
    #expect(refused.errors.hasPrefix("error: key not confirmed, "))
    let log = try clinic.done(
      "audit", "log", "--type", "destination encryption key confirmed", "--json")
    #expect(log.output.contains("denied"))
    #expect(try clinic.sealpost("run", "--from", "start", input: Clinic.events).code == 0)
    #expect(try clinic.done("decrypt", "--key", "first.pem", "out.ndjson").output == Clinic.events)
    #expect(try clinic.sealpost("encryption", "answer", "file").code == 2)
    try clinic.done("encryption", "answer", "file", "--private-key", "owner.pem")
    let retired = try #require(try shown()["retired_keys"] as? [[String: Any]])
    #expect(retired.count == 1)
    #expect(retired[0]["retired_at"] is String)
    let table = try clinic.done("encryption", "show", "file").output
    #expect(table.contains("RSA 2048, generated, since "))
    #expect(table.contains("its file was read back"))
    #expect(table.contains("challenge answered"))
  }

  @Test(.enabled(if: Sealpost.hasOpenSSL, "the openssl program is absent"))
  func `a challenge can be skipped, and the log says so`() throws {
    try bring("owner")
    try clinic.done(
      "encryption", "enable", "file", "--fields", "email", "--public-key", "owner.pub",
      "--no-challenge")
    #expect((try shown()["active_key"] as? [String: Any])?["proof"] as? String == "skipped")
    let log = try clinic.done(
      "audit", "log", "--type", "destination encryption enabled", "--json")
    #expect(log.output.contains("encryption.active_key_proof"))
    #expect(log.output.contains("skipped"))
  }

  @Test(.enabled(if: Sealpost.hasOpenSSL, "the openssl program is absent"))
  func `a pending key is withdrawn, and the present one stays in use`() throws {
    try bring("owner")
    try clinic.done(
      "encryption", "enable", "file", "--fields", "email", "--public-key", "owner.pub")
    let refused = try clinic.sealpost("encryption", "withdraw-key", "file")
    #expect(refused.code == 78)
    #expect(refused.errors.contains("it is the only one, and encryption is on"))
    try clinic.done("encryption", "answer", "file", "--private-key", "owner.pem")
    try bring("lost")
    try clinic.done("encryption", "rotate-key", "file", "--public-key", "lost.pub")
    let active = try shown()["active_key"] as? [String: Any]
    let done = try clinic.done("encryption", "withdraw-key", "file")
    #expect(done.errors.contains("Destination file encrypts to key "))
    #expect(try shown()["pending_key"] is NSNull)
    #expect(
      try (shown()["active_key"] as? [String: Any])?["kid"] as? String == active?["kid"] as? String)
    #expect(try clinic.sealpost("encryption", "withdraw-key", "file").code == 78)
    let log = try clinic.done(
      "audit", "log", "--type", "destination encryption key withdrawn", "--json")
    #expect(log.output.contains("denied") && log.output.contains("\"ok\""))
  }

  // MARK: - On a terminal

  @Test(.enabled(if: Sealpost.hasPython, "python3 is absent"))
  func `a private key is shown once on a terminal, works, and is kept nowhere`() throws {
    let outcome = try clinic.sealpost.onTerminal(
      ["encryption", "enable", "file", "--fields", "email", "--generate-key", "--bits", "2048"])
    #expect(outcome.code == 0)
    let text = outcome.output.replacing("\r\n", with: "\n")
    let start = try #require(text.range(of: "-----BEGIN PRIVATE KEY-----\n"))
    let end = try #require(text.range(of: "-----END PRIVATE KEY-----\n"))
    #expect(text.contains("This private key is shown once and kept nowhere"))
    #expect(text.contains("is pending"))
    try clinic.folder.write("shown.pem", String(text[start.lowerBound..<end.upperBound]))
    try clinic.done("encryption", "answer", "file", "--private-key", "shown.pem")
    try clinic.done("destination", "enable", "file")
    #expect(try clinic.sealpost("run", "--from", "start", input: Clinic.events).code == 0)
    #expect(try clinic.done("decrypt", "--key", "shown.pem", "out.ndjson").output == Clinic.events)
    let secret = text[start.upperBound...].split(separator: "\n")[1]
    let found = try Sealpost.run("grep", ["-r", String(secret), clinic.folder.file("workspace")])
    #expect(found.code == 1)
  }

  @Test func `without a terminal a private key is not shown, and no key is made`() throws {
    let outcome = try clinic.sealpost(
      "encryption", "enable", "file", "--fields", "email", "--generate-key")
    #expect(outcome.code == 2)
    #expect(outcome.output.isEmpty)
    #expect(
      outcome.errors
        == "error: option \"--private-key-out\", encryption enable: it is missing, and "
        + "there is no terminal. Name a file for the private key that is made.\n")
    #expect(try shown()["enabled"] as? Bool == false)
  }

  @Test(.enabled(if: Sealpost.hasPython, "python3 is absent"))
  func `turning off asks on a terminal, and says that what is encrypted stays so`() throws {
    try clinic.done(
      "encryption", "enable", "file", "--fields", "email", "--generate-key", "--bits", "2048",
      "--private-key-out", "key.pem")
    let question = "Turn off data encryption? [y/N] "
    for no in ["n", "", "nonsense"] {
      let kept = try clinic.sealpost.onTerminal(
        ["encryption", "disable", "file"], answers: [(question, no)])
      #expect(kept.code == 1)
      #expect(kept.output.contains(question))
      #expect(kept.output.contains("Nothing was changed"))
      #expect(try shown()["enabled"] as? Bool == true)
    }
    let off = try clinic.sealpost.onTerminal(
      ["encryption", "disable", "file"], answers: [(question, "y")])
    #expect(off.code == 0)
    #expect(off.output.contains("What is already encrypted stays encrypted."))
    #expect(try shown()["enabled"] as? Bool == false)
  }
}
