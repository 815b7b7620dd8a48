internal import AdapterLoading
internal import Foundation

/// Holds an adapter against the contract, each test in a sandboxed process of its own.
package struct Validator: Sendable {
  package struct Options: Sendable {
    /// A JSON object of settings, secrets among them; nil where they are made up from the schema.
    package var settings: [UInt8]?
    /// Of the random choices; the same seed makes the same ones.
    package var seed: UInt64 = 1
    /// Only tests whose name has one of these in it; empty for all.
    ///
    /// `*` stands for any letters.
    package var patterns: [String] = []
    /// The program that becomes a worker.
    package var executablePath = "/proc/self/exe"

    package init() {}
  }

  private let bench: Bench
  private let options: Options

  /// Reads the manifest; a folder without a readable one cannot be validated.
  package init(_ path: String, _ options: Options) throws(AuthoringError) {
    bench = try Bench(path, options)
    self.options = options
  }

  /// The sandbox that the adapter's processes get here; nil where none could be started.
  package var sandbox: String? { bench.survey.sandbox }

  package var product: String { bench.folder.manifest.product }
  package var version: String { bench.folder.manifest.version }

  /// Tests whose names match the patterns; all without any.
  package static func tests(matching patterns: [String]) -> [ValidatorTest] {
    ValidatorTest.all.filter { test in
      patterns.isEmpty || patterns.contains { NamePattern($0).matches(test.name) }
    }
  }

  /// Runs the tests one after the other; each is told when it is done.
  package func run(_ told: (TestReport) -> Void) -> [TestReport] {
    let reports = Validator.tests(matching: options.patterns).map { test in
      let report = run(test)
      told(report)
      return report
    }
    bench.cleanUp()
    return reports
  }

  private func run(_ test: ValidatorTest) -> TestReport {
    let start = ContinuousClock.now
    let verdict: Verdict
    do {
      verdict = try test.run(bench)
    } catch let early as Verdict {
      verdict = early
    } catch {
      verdict = .fail("\(error)", mend: "")
    }
    return TestReport(
      name: test.name, group: test.group, expected: test.expected, verdict: verdict,
      milliseconds: start.duration(to: .now) / .milliseconds(1))
  }
}

/// A part of a test's name, `*` for any letters.
struct NamePattern {
  private let parts: [Substring]

  init(_ text: String) { parts = text.split(separator: "*") }

  func matches(_ name: String) -> Bool {
    var rest = Substring(name)
    for part in parts {
      guard let found = rest.firstRange(of: part) else { return false }
      rest = rest[found.upperBound...]
    }
    return true
  }
}
