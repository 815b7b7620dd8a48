import Foundation
import Testing
import Workbench

@Suite struct ReadmeTests {
  @Test func `the two commands stand at the head and exist`() throws {
    let readme = try SourceFile("README.md")
    let head = readme.lines.prefix(30)
    for script in ["Examples/quickstart.sh", "Tests/run.sh"] {
      #expect(head.contains(script))
      let path = SourceFile.root.appendingPathComponent(script).path
      #expect(FileManager.default.isExecutableFile(atPath: path), "\(script)")
    }
  }

  @Test func `every link inside the package leads somewhere`() throws {
    let readme = try SourceFile("README.md")
    for (index, line) in readme.lines.enumerated() {
      for link in line.matches(of: #/\]\(([^)#]+)(?:#[^)]*)?\)/#).map(\.output.1)
      where !link.hasPrefix("http") {
        let path = SourceFile.root.appendingPathComponent(String(link)).path
        #expect(FileManager.default.fileExists(atPath: path), "README.md:\(index + 1)")
      }
    }
  }

  @Test func `every entry of the table of contents has its heading`() throws {
    let readme = try SourceFile("README.md")
    let headings = Set(readme.lines.filter { $0.hasPrefix("#") }.map(anchor))
    let entries = readme.lines.flatMap { $0.matches(of: #/\]\(#([^)]+)\)/#).map(\.output.1) }
    #expect(!entries.isEmpty)
    #expect(Set(entries.map(String.init)).subtracting(headings).isEmpty)
  }

  @Test func `every command in a block is known`() throws {
    let commands = try SourceFile("README.md").commands
    #expect(!commands.isEmpty)
    for command in commands {
      #expect(command.isKnown, "\(command.text)")
    }
  }

  @Test func `the adapter that it shows is the example, to the letter`() throws {
    let readme = try SourceFile("README.md").lines.joined(separator: "\n")
    let folder = "Examples/OutOfTreeAdapter/Sources/CollectorDestination"
    let parts = try ["Settings", "CollectorDestination", "Export"].map { name in
      let source = try SourceFile("\(folder)/\(name).swift").lines.joined(separator: "\n")
      return try #require(
        source.firstMatch(of: #/import DestinationKit\n\n((?s:.*))/#)
      ).output.1
        .trimmingCharacters(in: .newlines)
    }
    let shown = ["import DestinationKit"] + parts
    #expect(readme.contains("```swift\n\(shown.joined(separator: "\n\n"))\n```\n"))
  }

  /// The fragment that GitHub makes of a heading.
  private func anchor(_ heading: String) -> String {
    heading.drop { $0 == "#" || $0 == " " }.lowercased()
      .filter { $0.isLetter || $0.isNumber || $0 == "-" || $0 == " " }
      .replacing(" ", with: "-")
  }
}

/// A line of a fenced `sh` block.
private struct ReadmeCommand {
  let text: String

  private var words: [String] { text.split(separator: " ").map(String.init) }

  /// A script of the package, one of the few commands of the toolchain, or a command of `sealpost` that has a help page.
  var isKnown: Bool {
    guard let first = words.first else { return true }
    if first == "sealpost" { return hasHelpPage }
    if first.contains("/") {
      return FileManager.default.isExecutableFile(
        atPath: SourceFile.root.appendingPathComponent(first).path)
    }
    if first == "git" { return words.dropFirst().first == "clone" }
    if first == "curl" { return text.contains("http://127.0.0.1:") }
    // The shell's own, and the system's.
    if ["cd", "cp", "echo", "export", "mkdir"].contains(first) { return true }
    return text.hasPrefix("swift build") || text.hasPrefix("swift test")
      || words.starts(with: ["swift", "run", "-c", "release", "Benchmarks"])
  }

  /// Asks the program that stands beside the tests.
  private var hasHelpPage: Bool {
    let verbs = words.dropFirst().prefix { $0.first?.isLowercase ?? false && !$0.contains(".") }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Built.sealpost)
    process.arguments = Array(verbs.prefix(2)) + ["--help"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}

extension SourceFile {
  /// The lines of the fenced `sh` blocks; a line that ends in `\` goes on, comments are left out.
  fileprivate var commands: [ReadmeCommand] {
    var inside = false
    var found: [ReadmeCommand] = []
    var open = ""
    for line in lines {
      if line.hasPrefix("```") {
        inside = line == "```sh"
      } else if inside, !line.isEmpty, !line.hasPrefix("#") {
        open += line
        if open.hasSuffix("\\") {
          open.removeLast()
        } else {
          found.append(ReadmeCommand(text: open))
          open = ""
        }
      }
    }
    return found
  }
}
