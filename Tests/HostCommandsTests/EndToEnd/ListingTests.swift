import Foundation
import Testing
import Workbench

@testable import HostCommands

/// What the listing commands print, for people and for programs.
@Suite(.enabled(if: Sealpost.isBuilt, "sealpost was not built beside the tests"))
struct ListingTests {
  @Test func `products are listed without a workspace, as table, JSON and CSV`() throws {
    let sealpost = Sealpost(folder: try Scratch())
    let all = try #require(try sealpost.json("products", "list") as? [[String: Any]])
    let eligible = try #require(
      try sealpost.json("products", "list", "--eligible") as? [[String: Any]])
    #expect(all.count > eligible.count && eligible.count > 20)
    #expect(eligible.allSatisfy { $0["eligible"] as? Bool == true })
    let csv = try sealpost("products", "list", "--csv").output
    #expect(
      csv.hasPrefix("id,product,vendor,category,eligible,condition,as of,adapter,allowed\r\n"))
    #expect(csv.split(separator: "\r\n").count == all.count + 1)
    #expect(try sealpost("products", "list", "--category", "nonsense").code == 2)
    #expect(try sealpost("products", "show", "org.sealpost.console").output.contains("source"))
  }

  @Test func `every listing has JSON that parses`() throws {
    let clinic = try Clinic()
    try clinic.addFile()
    for words in [
      ["workspace", "show"], ["workspace", "verify"], ["products", "list"], ["adapter", "list"],
      ["adapter", "inspect", "NDJSONFileDestination"], ["destination", "list"],
      ["destination", "show", "file"], ["encryption", "show", "file"], ["matcher", "list"],
      ["audit", "log"], ["audit", "verify"], ["status"],
    ] {
      let outcome = try clinic.sealpost(words + ["--json"])
      #expect(outcome.code == 0, "\(words)")
      let parsed = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
      #expect(
        keys(of: parsed).allSatisfy { $0.wholeMatch(of: #/[a-z0-9_.-]+/#) != nil }, "\(words)")
      #expect(try !clinic.sealpost(words).output.isEmpty)
    }
  }

  private func keys(of value: Any) -> [String] {
    if let object = value as? [String: Any] {
      return Array(object.keys) + object.values.flatMap(keys)
    }
    if let list = value as? [Any] { return list.flatMap(keys) }
    return []
  }

  @Test func `a command that does not exist is not listed`() throws {
    let sealpost = Sealpost(folder: try Scratch())
    let help = try sealpost("--help").output
    for absent in ["dashboard", "replica", "stream"] {
      #expect(!help.contains("\n  \(absent)"))
      #expect(try sealpost(absent).code == 2)
    }
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func `a completion script knows every command`(shell: String) throws {
    let sealpost = Sealpost(folder: try Scratch())
    let script = try sealpost("completion", shell).output
    for noun in HostCommands.table.nouns { #expect(script.contains(noun.name)) }
  }

  @Test func `bash completes words and options`() throws {
    let sealpost = Sealpost(folder: try Scratch())
    let script = sealpost.folder.file("completion.bash")
    try sealpost("completion", "bash").output.write(
      toFile: script, atomically: true, encoding: .utf8)
    for (words, expected) in [
      (["dest"], "destination"), (["destination", "en"], "enable"),
      (["encryption", "fields", "a"], "add"), (["run", "--inp"], "--input"),
    ] {
      let line = (["sealpost"] + words).map { "'\($0)'" }.joined(separator: " ")
      let program =
        "source '\(script)'; COMP_WORDS=(\(line)); COMP_CWORD=\(words.count); _sealpost; "
        + "echo \"${COMPREPLY[*]}\""
      let outcome = try Sealpost.run("bash", ["-c", program])
      #expect(outcome.output == expected + "\n", "\(words)")
    }
  }
}
