import Foundation
import Testing
import Workbench

/// Controls, inbox and inventory as an operator types them.
@Suite(.enabled(if: Sealpost.isBuilt, "sealpost is not built"))
struct PrivacyTests {
  private let events = (0..<20).map { number in
    #"{"type":"track","event":"Visit","userId":"u","messageId":"m\#(number)","properties":"#
      + #"{"ssn":"078-05-1120", "email":"canary@example.com","emailAdress":"canary@example.com","#
      + #""=cmd":{"chartNo":"LC-\#(number)"},"kept":[1, 2]}}"# + "\n"
  }.joined()

  private func read(_ clinic: Clinic, _ file: String) throws -> String {
    try clinic.folder.text(file)
  }

  private func line(_ clinic: Clinic) throws -> String {
    String(try read(clinic, "out.ndjson").split(separator: "\n").last ?? "")
  }

  @Test func `red is blocked, controls decide, and the most restrictive wins`() throws {
    let clinic = try Clinic()
    try clinic.addFile()
    try clinic.done("destination", "enable", "file")
    try clinic.folder.write("in.ndjson", events)
    try clinic.done("run", "--from", "start", "--input", "in.ndjson")
    #expect(try !line(clinic).contains("ssn"))
    #expect(try line(clinic).contains(#""properties":{"email":"canary@example.com""#))
    try clinic.done("control", "set", "--destination", "file", "red=allow", "yellow=block")
    try clinic.done("run", "--from", "start", "--input", "in.ndjson")
    #expect(try line(clinic).contains(#"{"ssn":"078-05-1120", "emailAdress""#))
    try clinic.done("control", "set", "--source", "kiosk", "red=block")
    try clinic.done("run", "--from", "start", "--input", "in.ndjson", "--source", "kiosk")
    #expect(try line(clinic).contains(#""properties":{"emailAdress""#))
    let shown = try clinic.done("control", "show")
    #expect(shown.output.contains("destination  file   allow  block"))
    #expect(shown.output.contains("source       kiosk  block  allow (default)"))
  }

  @Test func `a control that is none, or of nothing, is refused`() throws {
    let clinic = try Clinic()
    try clinic.addFile()
    for words in [
      ["red=block"], ["--source", "a", "--destination", "file", "red=block"],
      ["--source", "a", "green=block"], ["--source", "a", "red=hide"], ["--source", "a", "red"],
    ] {
      #expect(try clinic.sealpost(["control", "set"] + words).code == 2)
    }
    let refused = try clinic.sealpost("control", "set", "--destination", "file", "red=encrypt")
    #expect(refused.errors.contains("there is no key to encrypt with"))
    #expect(try clinic.sealpost("control", "set", "--source", "A B", "red=block").code != 0)
  }

  @Test func `what looks like personal data is warned of once, in the inbox, and classified`()
    throws
  {
    let clinic = try Clinic()
    try clinic.addFile()
    try clinic.done("destination", "enable", "file")
    try clinic.done(
      "matcher", "add", "record", "--classification", "red", "--value", "^LC-[0-9]+$")
    try clinic.folder.write("in.ndjson", events)
    let first = try clinic.done("run", "--from", "start", "--input", "in.ndjson", "--source", "web")
    #expect(
      first.errors.contains(
        "file: properties.emailAdress goes there in clear, and its key is like matcher \"email\""))
    #expect(first.errors.contains("properties.=cmd.chartNo goes there in clear, and a value of it"))
    #expect(!first.errors.contains("canary") && !first.errors.contains("LC-1"))
    let second = try clinic.done(
      "run", "--from", "start", "--input", "in.ndjson", "--source", "web")
    #expect(!second.errors.contains("in clear"))

    let inbox = try #require(try clinic.sealpost.json("inbox", "list") as? [String: Any])
    let keys = try #require(inbox["keys"] as? [[String: Any]])
    #expect(
      keys.map { $0["path"] as? String } == [
        "properties.=cmd.chartNo", "properties.emailAdress", "properties.=cmd", "properties.kept",
      ])
    #expect(keys[0]["matcher"] as? String == "record" && keys[0]["means"] as? String == "value")
    #expect(keys[1]["count"] as? Int == 40 && keys[1]["example_type"] as? String == "string")
    #expect(keys[1]["example_length"] as? Int == 20)
    let stored = try read(clinic, "workspace/key-sightings.json")
    #expect(!stored.contains("canary") && !stored.contains("LC-1") && !stored.contains("078-05"))

    let likely = ["properties.=cmd.chartNo", "properties.emailAdress"]
    #expect(try likelyInClear(clinic) == likely)
    #expect(
      try clinic.done("status").errors.contains(
        "warning: file: 2 keys like personal data go there in clear: \(likely.joined(separator: ", ")). "
          + "Classify them: sealpost inbox list"))
    try clinic.done("inbox", "classify", "properties.=cmd.chartNo", "yellow")
    #expect(try likelyInClear(clinic) == ["properties.emailAdress"])
    #expect(try clinic.sealpost("inbox", "classify", "properties.none", "red").code == 78)
    #expect(try !clinic.done("inbox", "list").output.contains("chartNo"))
    let inventory = try clinic.done("inventory", "list", "--csv").output
    #expect(
      inventory.hasPrefix("path,matcher,class,seen,sources,destinations,last_seen\r\n"))
    #expect(inventory.contains("properties.=cmd.chartNo,chartNo,yellow,40,web 40,file clear,"))
    #expect(inventory.contains("properties.ssn,social security number,red,40,web 40,file blocked,"))
    #expect(!inventory.contains("canary"))
  }

  private func likelyInClear(_ clinic: Clinic) throws -> [String]? {
    let status = try clinic.sealpost.json("status") as? [String: Any]
    let destination = (status?["destinations"] as? [[String: Any]])?.first
    return destination?["likely_personal_data_in_clear"] as? [String]
  }

  @Test func `matchers by value and by similarity are added, shown and refused as fields`() throws {
    let clinic = try Clinic()
    try clinic.addFile()
    try clinic.done("matcher", "add", "near mrn", "--classification", "yellow", "--similar")
    try clinic.done("matcher", "synonym", "add", "near mrn", "chart no")
    try clinic.done("matcher", "synonym", "remove", "near mrn", "Chart_No")
    try clinic.done("matcher", "preset", "safe-harbor")
    #expect(try clinic.done("matcher", "list").output.contains("similar keys"))
    #expect(
      try clinic.sealpost(
        "matcher", "add", "x", "--classification", "red", "--value", "(a"
      ).errors
        .contains("its pattern is not taken, at character 3: a bracket is not closed"))
    #expect(
      try clinic.sealpost(
        "matcher", "add", "x", "--classification", "red", "--value", "a", "--similar"
      ).code == 2)
    #expect(try clinic.sealpost("matcher", "preset", "hipaa").code == 2)
    #expect(
      try clinic.sealpost(
        "encryption", "enable", "file", "--fields", "near mrn", "--generate-key",
        "--private-key-out", "k.pem"
      ).errors.contains("only exact keys can be encrypted"))
  }
}
