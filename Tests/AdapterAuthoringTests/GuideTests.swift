import Foundation
import Testing
import Workbench

@testable import AdapterAuthoring

/// The integrators' guide, followed to the letter, and its examples.
@Suite(
  .serialized,
  .enabled(
    if: Built.hasSealpost,
    "sealpost was not built beside the tests"))
struct GuideTests {
  private static let guide = AuthoringFixture.root.appendingPathComponent(
    "Sources/DestinationKit/Documentation.docc/WritingAnAdapter.md")

  static let hasCargo = isThere("cargo")
  static let hasC = isThere("cc")
  static let hasCpp = isThere("c++")

  private static func isThere(_ program: String) -> Bool {
    (try? Shell.run("/usr/bin/env", [program, "--version"]))?.code == 0
  }

  /// The commands of the first block below "Ten minutes".
  private static func tutorial(_ language: String) throws -> String {
    let text = try String(contentsOf: guide, encoding: .utf8)
    let start = try #require(text.firstRange(of: "## Ten minutes"))
    let block = try #require(text[start.upperBound...].firstMatch(of: #/```sh\n([^`]+)```/#))
    return String(block.1).replacing("LANGUAGE", with: language)
  }

  /// One place for what is built of the kit outside of this package, kept from run to run.
  private static let environment: [String: String] = {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return [
      "PATH": "\(Built.folder.path):\(path)",
      "SCRATCH": AuthoringFixture.root.appendingPathComponent(".build/out-of-tree").path,
    ]
  }()

  private func follow(_ language: String) throws {
    let scratch = try Scratch()
    let script = "set -e\n" + (try Self.tutorial(language))
    let outcome = try Shell.run(
      "/bin/bash", ["-c", script], in: scratch.path, environment: Self.environment)
    #expect(outcome.code == 0, "\(outcome.output.suffix(3000))")
    #expect(outcome.output.contains("com.example.crm-lines 1.0.0 keeps the contract: "))
    #expect(!outcome.output.contains("\nwarn "), "\(outcome.output)")
    #expect(
      outcome.output.contains("m-2    DELIVERED") && outcome.output.contains("m-3    REJECTED"))
  }

  @Test(.enabled(if: GuideTests.hasC, "needs a C compiler"))
  func `the tutorial runs as it is written, in C`() throws { try follow("c") }

  @Test(.enabled(if: GuideTests.hasCargo, "needs cargo"))
  func `the tutorial runs as it is written, in Rust`() throws { try follow("rust") }

  @Test func `the tutorial runs as it is written, in Swift`() throws { try follow("swift") }

  @Test func `the example that depends on the package from outside builds and keeps the contract`()
    throws
  {
    let scratch = try Scratch()
    let folder = scratch.file("OutOfTreeAdapter")
    let root = AuthoringFixture.root.path
    try FileManager.default.copyItem(
      atPath: "\(root)/Examples/OutOfTreeAdapter", toPath: folder)
    let description = "\(folder)/Package.swift"
    let text = try String(contentsOfFile: description, encoding: .utf8)
    try text.replacing("../..", with: root)
      .write(toFile: description, atomically: true, encoding: .utf8)
    let built = try Shell.run("\(folder)/build.sh", [], environment: Self.environment)
    #expect(built.code == 0, "\(built.output)")
    for (test, verdict) in try AuthoringFixture.reports(
      "\(folder)/package", ["abi.", "deliver.one", "remote.4"])
    {
      #expect(verdict.outcome == .pass, "\(test): \(verdict)")
    }
  }

  @Test(.enabled(if: GuideTests.hasCpp, "needs a C++ compiler"))
  func `the example in C++ builds without a warning and keeps the contract`() throws {
    let scratch = try Scratch()
    let script = AuthoringFixture.root.appendingPathComponent("Examples/CppAdapter/build.sh").path
    let built = try Shell.run(script, [scratch.file("package")])
    #expect(built.code == 0 && built.output.isEmpty, "\(built.output)")
    let groups = ["static.", "load.", "abi.", "lifecycle.", "settings.", "deliver.s", "remote.4"]
    for (test, verdict) in try AuthoringFixture.reports(scratch.file("package"), groups) {
      #expect(!verdict.outcome.isBad, "\(test): \(verdict)")
    }
  }

  @Test(arguments: [
    ("c", "CHTTPAdapter"), ("rust", "RustAdapter"), ("swift", "OutOfTreeAdapter"),
  ])
  func `the examples are what adapter new makes`(language: String, example: String) throws {
    let scratch = try Scratch()
    var order = Scaffold.Order(
      name: "collector", language: try #require(AdapterLanguage(rawValue: language)))
    order.folder = scratch.file("made")
    order.sealpost = "../.."
    for file in try Scaffold(order).write() {
      let kept = AuthoringFixture.root.appendingPathComponent("Examples/\(example)/\(file)")
      #expect(
        try String(contentsOf: kept, encoding: .utf8)
          == String(contentsOfFile: "\(scratch.file("made"))/\(file)", encoding: .utf8), "\(file)")
    }
  }

  @Test(.enabled(if: Shell.hasGCC, "needs gcc"))
  func `the gallery of failures has the validator's own words`() throws {
    let text = try String(contentsOf: Self.guide, encoding: .utf8)
    let rows = text.matches(of: #/\n\| `([^`]+)` \| ([^|]+) \|/#).map {
      (seen: String($0.1), mend: String($0.2))
    }.filter { $0.seen.hasSuffix(".") }
    #expect(rows.count == 13)
    var said: [(seen: String, mend: String)] = []
    for (folder, faults) in [("Misbehaving", Self.misbehaving), ("Careless", Self.careless)] {
      for (fault, test) in faults {
        let scratch = try Scratch()
        let verdict: Verdict?
        if folder == "Careless" {
          let path = try CarelessAdapterTests.package(fault, in: scratch)
          verdict = try AuthoringFixture.reports(path, [test])[test]
        } else {
          let path = try AuthoringFixture.adapter(
            "MisbehavingAdapter", from: "Tests/Fixtures", in: scratch)
          verdict = try AuthoringFixture.reports(
            path, [test], settings: #"{"behaviour":"\#(fault)"}"#)[test]
        }
        if let verdict { said.append((verdict.seen, verdict.mend)) }
      }
    }
    for row in rows {
      #expect(said.contains { $0.seen == row.seen && $0.mend == row.mend }, "\(row)")
    }
  }

  private static let misbehaving = [
    ("unset-outcomes", "deliver.one"), ("write-beyond", "deliver.one"),
    ("write-payload", "deliver.one"),
  ]
  private static let careless = [
    ("STRLEN", "deliver.not-terminated"), ("CUTS", "deliver.sealed"),
    ("LEAK_EVENT", "deliver.canary"), ("LEAK_SECRET", "settings.canary"),
    ("TAKES_ANYTHING", "settings.missing"), ("OTHER_MAJOR", "load.other-major"),
    ("NO_DELAY", "remote.retry-after-seconds"), ("REJECTS_CANCELLED", "time.cancel"),
    ("SLEEPS", "time.deadline"), ("OVERREAD", "deliver.guard-pages"),
  ]
}
