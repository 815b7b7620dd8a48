import Foundation
import Testing

@testable import HostCommands

/// `help --man`.
@Suite(.enabled(if: Sealpost.isBuilt, "sealpost was not built beside the tests"))
struct ManualPageTests {
  private static let hasGroff = (try? Sealpost.run("groff", ["--version"]))?.code == 0
  private static let hasMandoc =
    (try? Sealpost.run("sh", ["-c", "command -v mandoc"]))?.code == 0

  private func page() throws -> String {
    let outcome = try Sealpost.run(Sealpost.executable, ["help", "--man"])
    #expect(outcome.code == 0 && outcome.errors.isEmpty)
    return outcome.output
  }

  @Test func `it has every command, option and exit code of the table`() throws {
    let page = try page().replacing("\\-", with: "-")
    for command in HostCommands.table.commands {
      #expect(page.contains("\n.B \(command.name)"), "\(command.name)")
      for option in command.options { #expect(page.contains("\n.B \(option.typed)")) }
    }
    for (code, _) in ExitCode.meanings { #expect(page.contains("\n.B \(code.rawValue)\n")) }
  }

  @Test func `only the manual asks for it`() throws {
    for words in [["help", "--man", "run"], ["run", "--man"], ["help", "--men"]] {
      #expect(try Sealpost.run(Sealpost.executable, words).code == 2, "\(words)")
    }
  }

  @Test(.enabled(if: hasGroff, "groff is absent"))
  func `groff sets it without a warning, and nothing is lost`() throws {
    let outcome = try Sealpost.run(
      "groff", ["-ww", "-man", "-Tutf8", "-P-cbou", "-rLL=100n"], input: page())
    #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors.prefix(500))")
    for heading in ["NAME", "SYNOPSIS", "COMMANDS", "EXIT STATUS", "ENVIRONMENT"] {
      #expect(outcome.output.contains("\n\(heading)\n"), "\(heading)")
    }
    #expect(outcome.output.contains("sealpost run --input events.ndjson"))
  }

  @Test(.enabled(if: hasMandoc, "mandoc is absent"))
  func `mandoc finds no error in it`() throws {
    let outcome = try Sealpost.run("mandoc", ["-Tlint", "-Werror"], input: page())
    #expect(outcome.code == 0, "\(outcome.output.prefix(500))")
  }
}
