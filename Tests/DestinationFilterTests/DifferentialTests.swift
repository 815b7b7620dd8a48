import DestinationFilter
import Foundation
import Testing
import Workbench

/// Another evaluator, in another language, which builds trees of statement and event: both must agree.
@Suite struct DifferentialTests {
  /// Beyond a Double, where the judge's own language has no whole number.
  private static let farNumbers = [
    ("string(properties.a) = null", #"{"properties":{"a":1e400}}"#),
    ("string(properties.a) = null", #"{"properties":{"a":-1e400}}"#),
    ("string(-1e999) = null and properties.a > 1", #"{"properties":{"a":1e400}}"#),
    ("number('1e400') = properties.a", #"{"properties":{"a":1e400}}"#),
  ].map { (statement: $0, event: $1) }

  @Test(.enabled(if: Judge.hasPython, "python3 is not installed"))
  func `random statements on random events come to what the judge says`() throws {
    let count = ProcessInfo.processInfo.environment["SEALPOST_NIGHTLY"] == "1" ? 400_000 : 12_000
    let cases = (0..<UInt64(count)).map { seed in
      var random = RandomStatement(seed: seed)
      return (statement: random.statement(), event: random.event())
    }
    let verdicts = try judge(cases + Self.farNumbers)
    try #require(verdicts.count == cases.count + Self.farNumbers.count)
    #expect(verdicts.suffix(Self.farNumbers.count).allSatisfy { $0 == "1" })
    var isTrue = 0
    var evaluated = 0
    for (item, verdict) in zip(cases + Self.farNumbers, verdicts) {
      let own = (try? evaluate(item.statement, item.event)).map { $0 ? "1" : "0" }
      // What can be seen to be wrong without an event is refused here alone.
      guard let own else { continue }
      #expect(own == verdict, "\(item.statement) on \(item.event)")
      evaluated += 1
      if own == "1" { isTrue += 1 }
    }
    #expect(evaluated > count / 2 && isTrue > count / 10 && isTrue < evaluated)
  }

  @Test(.enabled(if: Judge.hasPython, "python3 is not installed"))
  func `a statement with a fault is refused wherever the judge refuses it`() throws {
    let signs = Array("()[]!=<>,.'\"\\ andor0-+é&|".unicodeScalars)
    let cases = (0..<4000 as Range<UInt64>).map { seed in
      var random = SplitMix(state: seed &* 977)
      var statements = RandomStatement(seed: seed)
      var text = Array(statements.statement(depth: 2).unicodeScalars)
      for _ in 0...random.below(2) where !text.isEmpty {
        let place = random.below(text.count)
        if random.below(2) == 0 {
          text.remove(at: place)
        } else {
          text.insert(random.pick(signs), at: place)
        }
      }
      return (statement: text.map(String.init).joined(), event: "{}")
    }
    let verdicts = try judge(cases)
    try #require(verdicts.count == cases.count)
    #expect(verdicts.contains("E"))
    for (item, verdict) in zip(cases, verdicts) where verdict == "E" {
      #expect(throws: FilterError.self, "\(item.statement)") { try FilterStatement(item.statement) }
    }
  }

  private func judge(_ cases: [(statement: String, event: String)]) throws -> [String] {
    let lines = cases.map { hex($0.statement) + " " + hex($0.event) + "\n" }.joined()
    let program = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "FilterJudge/judge.py")
    return Judge.lines(try Judge.run(["python3", program.path], input: Array(lines.utf8)))
  }

  private func hex(_ text: String) -> String {
    text.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
