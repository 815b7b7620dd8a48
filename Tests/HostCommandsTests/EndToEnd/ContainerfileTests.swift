import Foundation
import Testing

@testable import HostCommands

/// `Examples/container/Containerfile`: its instructions, and that all that it names exists; no image is built.
struct ContainerfileTests {
  private struct Instruction {
    let name: String
    let rest: String
  }

  private static func instructions() throws -> [Instruction] {
    let text = try String(
      contentsOf: Clinic.root.appendingPathComponent("Examples/container/Containerfile"),
      encoding: .utf8)
    return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.joined(separator: "\n")
      .replacing("\\\n", with: " ").split(separator: "\n").map { line in
        let words = line.split(separator: " ", maxSplits: 1)
        return Instruction(name: String(words[0]), rest: words.count > 1 ? String(words[1]) : "")
      }
  }

  private static func all(_ name: String) throws -> [String] {
    try instructions().filter { $0.name == name }.map(\.rest)
  }

  @Test func `every instruction is one of an image's, and it begins with a base`() throws {
    let known: Set<String> = [
      "FROM", "RUN", "WORKDIR", "COPY", "USER", "VOLUME", "ENV", "EXPOSE", "STOPSIGNAL",
      "ENTRYPOINT", "CMD",
    ]
    let names = try Self.instructions().map(\.name)
    #expect(Set(names).isSubset(of: known))
    #expect(names.first == "FROM")
    #expect(
      try Self.all("FROM").map { $0.hasPrefix("docker.io/library/swift:6.3-") } == [true, true])
  }

  @Test func `what is copied from the package is there`() throws {
    for copy in try Self.all("COPY") where !copy.hasPrefix("--from") {
      let source = try #require(copy.split(separator: " ").first)
      #expect(
        FileManager.default.fileExists(
          atPath: Clinic.root.appendingPathComponent(String(source)).path), "\(source)")
    }
  }

  @Test func `what is built and handed on is a product of the package`() throws {
    let package = try String(
      contentsOf: Clinic.root.appendingPathComponent("Package.swift"), encoding: .utf8)
    let run = try Self.all("RUN").joined(separator: " ")
    let products = run.matches(of: #/--product (\w+)/#).map { String($0.output.1) }
    #expect(products.count == 3)
    for product in products {
      #expect(package.contains("\"\(product)\""), "\(product)")
      #expect(
        product == "sealpost"
          || run.contains("Plugins/\(product)/adapter.json .build/release/lib\(product).so"))
    }
  }

  @Test(.enabled(if: HostCommands.canListen, "run cannot listen for events yet"))
  func `it starts a command that the program takes, as no privileged user`() throws {
    let words = try JSONDecoder().decode(
      [String].self, from: Data(try #require(try Self.all("CMD").first).utf8))
    guard case .run(let command, _) = try ArgumentParser.parse(words, table: HostCommands.table)
    else {
      Issue.record("\(words)")
      return
    }
    #expect(command.name == "run")
    #expect(try Self.all("USER") == ["10001"])
    #expect(try Self.all("ENTRYPOINT") == [#"["/usr/local/bin/sealpost"]"#])
  }

  @Test func `its shell commands can be parsed`() throws {
    for run in try Self.all("RUN") {
      #expect(try Sealpost.run("sh", ["-n"], input: run + "\n").code == 0, "\(run)")
    }
  }
}
