import Foundation
import Testing
import Workbench

/// The README's commands from "A workspace, step by step" on, in their order, as they stand there.
@Suite(
  .enabled(if: Sealpost.isBuilt, "sealpost was not built beside the tests"),
  .enabled(if: DocumentedCommands.hasCurl, "curl is absent"))
struct ReadmeCommandTests {
  /// What its reader does beside: the build, the password that is asked for, another terminal, a table of one's own.
  private static let reader = """
    home=$PWD
    swift() { test "$*" = "build -c release"; }
    sealpost() {
      case "$*" in
        "workspace init "*) command sealpost "$@" --password-file "$home/password" ;;
        "run --listen "*)
          command sealpost "$@" &
          trap "kill $!" EXIT
          until curl --silent --output /dev/null "http://$3/"; do sleep 0.05; done ;;
        *" export.csv")
          sed -nE 's/.*"email":"([^"]*)".*/u1,\\1/p' delivered.ndjson | sed '1i user,email' > export.csv
          command sealpost "$@" > opened.csv ;;
        "decrypt "*) command sealpost "$@" > opened.ndjson ;;
        *) command sealpost "$@" ;;
      esac
    }

    """

  /// The checkout with its build, as far as the commands look at it.
  private func checkout() throws -> Scratch {
    let folder = try Scratch()
    let files = FileManager.default
    try files.createDirectory(
      atPath: folder.file(".build"), withIntermediateDirectories: true)
    for (name, place) in [
      ("Plugins", Clinic.root.appendingPathComponent("Plugins")),
      ("Examples", Clinic.root.appendingPathComponent("Examples")),
      (".build/release", Sealpost.products),
    ] {
      try files.createSymbolicLink(atPath: folder.file(name), withDestinationPath: place.path)
    }
    try folder.write("password", "a password of the tests\n")
    return folder
  }

  @Test func `every command in it does what it says`() throws {
    let folder = try checkout()
    let blocks = try DocumentedCommands.blocks(of: "README.md")
    // The two scripts are run by Tests/run.sh, one of which it is; the benchmarks take minutes.
    let elsewhere = ["Examples/quickstart.sh\nTests/run.sh\n", "swift run -c release Benchmarks\n"]
    #expect(elsewhere.allSatisfy(blocks.contains))
    let commands = blocks.filter { !elsewhere.contains($0) }.joined(separator: "\n")
    let port = ListeningHost.freePort()
    let outcome = try DocumentedCommands.run(
      Self.reader + commands.replacing("127.0.0.1:8080", with: "127.0.0.1:\(port)"), in: folder)
    #expect(outcome.code == 0, "\(outcome.errors.suffix(2000))")
    #expect(outcome.output.contains("\nsound: ") && outcome.output.contains(#""success""#))
    #expect(try !text("delivered.ndjson", folder).contains("@"))
    let sent = try text("events.ndjson", folder).split(separator: "\n").map(json)
    let opened = try text("opened.ndjson", folder).split(separator: "\n").map(json)
    #expect(Array(opened.prefix(sent.count)) == sent, "what was sealed opens as it was")
    #expect(opened.count == sent.count + 1 && opened.last?["event"] as? String == "Visited")
    let emails = try text("events.ndjson", folder).matches(of: #/"email":"([^"]*)"/#)
    let table = try text("opened.csv", folder).split(whereSeparator: \.isNewline)
    #expect(table.first == "user,email" && table.count > 1)
    #expect(Set(table.dropFirst()).isSubset(of: emails.map { "u1,\($0.output.1)" }))
  }

  private func json(_ line: Substring) throws -> NSDictionary {
    try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? NSDictionary)
  }

  private func text(_ name: String, _ folder: Scratch) throws -> String {
    try folder.text(".build/try/\(name)")
  }
}
