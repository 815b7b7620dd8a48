import Foundation
import Testing
import Workbench

@testable import HostCommands

/// `Examples/systemd/sealpost.service`, by systemd's own judgement.
@Suite(.enabled(if: Sealpost.isBuilt, "sealpost was not built beside the tests"))
struct ServiceUnitTests {
  private static let hasAnalyze = (try? Sealpost.run("systemd-analyze", ["--version"]))?.code == 0

  private static func unit() throws -> String {
    try String(
      contentsOf: Clinic.root.appendingPathComponent("Examples/systemd/sealpost.service"),
      encoding: .utf8)
  }

  private static func values(of name: String) throws -> [String] {
    try unit().split(separator: "\n").filter { $0.hasPrefix(name + "=") }
      .map { String($0.dropFirst(name.count + 1)) }
  }

  /// The unit in a folder of its own, with the program that was built.
  private func installed(in folder: Scratch) throws -> String {
    try folder.write(
      "sealpost.service",
      Self.unit().replacing("/usr/local/bin/sealpost", with: Sealpost.executable),
      mode: 0o644)
  }

  @Test(.enabled(if: HostCommands.canListen, "run cannot listen for events yet"))
  func `the command that it starts is one that the program takes`() throws {
    let start = try #require(try Self.values(of: "ExecStart").first)
    let words = start.split(separator: " ").map(String.init)
    #expect(words.first == "/usr/local/bin/sealpost")
    guard
      case .run(let command, _) = try ArgumentParser.parse(
        Array(words.dropFirst()), table: HostCommands.table)
    else {
      Issue.record("\(start)")
      return
    }
    #expect(command.name == "run")
  }

  @Test func `exit codes that it knows are the program's`() throws {
    let known = Set(ExitCode.meanings.map { "\($0.code.rawValue)" })
    for name in ["SuccessExitStatus", "RestartPreventExitStatus"] {
      let codes = try #require(try Self.values(of: name).first).split(separator: " ")
      #expect(codes.allSatisfy { known.contains(String($0)) }, "\(name)")
    }
  }

  @Test func `no directive that is said to be left out is there`() throws {
    let readme = try String(
      contentsOf: Clinic.root.appendingPathComponent("Examples/systemd/README.md"), encoding: .utf8)
    let unit = try Self.unit()
    for name in ["PrivateNetwork", "IPAddressDeny", "RootDirectory", "DynamicUser"] {
      #expect(readme.contains("`\(name)="), "\(name)")
      #expect(!unit.contains("\n\(name)="), "\(name)")
    }
  }

  @Test(.enabled(if: hasAnalyze, "systemd-analyze is absent"))
  func `systemd takes every line of it`() throws {
    let folder = try Scratch()
    let outcome = try Sealpost.run("systemd-analyze", ["verify", installed(in: folder)])
    #expect(outcome.code == 0)
    // Other units of the machine may have their own faults.
    let own = outcome.errors.split(separator: "\n").filter { $0.contains("sealpost") }
    #expect(own.isEmpty, "\(own)")
  }

  @Test(.enabled(if: hasAnalyze, "systemd-analyze is absent"))
  func `systemd rates its exposure below 1,5 of 10`() throws {
    let folder = try Scratch()
    let outcome = try Sealpost.run(
      "systemd-analyze",
      ["security", "--offline=yes", "--no-pager", "--threshold=15", installed(in: folder)])
    #expect(outcome.code == 0, "\(outcome.output.suffix(300)) \(outcome.errors)")
  }
}

extension HostCommands {
  /// Whether `run` takes events over HTTP.
  static let canListen = table.command(["run"])?.options.contains { $0.name == "listen" } == true
}
