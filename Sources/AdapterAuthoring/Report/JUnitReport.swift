/// The validator's results as JUnit's XML, which build servers show.
package enum JUnitReport {
  /// Warnings count as passed, with their text; a crash or a hang is an error, as JUnit has it.
  package static func text(of reports: [TestReport], product: String) -> String {
    let failures = reports.count { $0.verdict.outcome == .fail }
    let errors = reports.count { $0.verdict.outcome == .crash || $0.verdict.outcome == .timeout }
    let skipped = reports.count { $0.verdict.outcome == .skip }
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuite name="\(escaped(product))" tests="\(reports.count)" failures="\(failures)" \
      errors="\(errors)" skipped="\(skipped)" time="\(seconds(reports.map(\.milliseconds).reduce(0, +)))">
      \(reports.map(testCase).joined(separator: "\n"))
      </testsuite>

      """
  }

  private static func testCase(_ report: TestReport) -> String {
    let verdict = report.verdict
    let head =
      "  <testcase classname=\"\(escaped(report.group))\" name=\"\(escaped(report.name))\" time=\"\(seconds(report.milliseconds))\""
    let text = escaped("expected: \(report.expected)\nseen: \(verdict.seen)\nmend: \(verdict.mend)")
    switch verdict.outcome {
    case .pass: return head + "/>"
    case .warn: return head + "><system-out>\(text)</system-out></testcase>"
    case .skip: return head + "><skipped message=\"\(escaped(verdict.seen))\"/></testcase>"
    case .fail:
      return head + "><failure message=\"\(escaped(verdict.seen))\">\(text)</failure></testcase>"
    case .crash, .timeout:
      return head
        + "><error type=\"\(verdict.outcome.rawValue)\" message=\"\(escaped(verdict.seen))\">\(text)</error></testcase>"
    }
  }

  private static func seconds(_ milliseconds: Double) -> String {
    "\((milliseconds.rounded()) / 1000)"
  }

  /// Characters that XML 1.0 does not have are replaced.
  private static func escaped(_ text: String) -> String {
    String(
      text.unicodeScalars.map { scalar in
        switch scalar {
        case "&": "&amp;"
        case "<": "&lt;"
        case ">": "&gt;"
        case "\"": "&quot;"
        case "\n", "\t": String(scalar)
        default: scalar.value < 0x20 || scalar.value >= 0xFFFE ? "\u{FFFD}" : String(scalar)
        }
      }.joined())
  }
}
