import Foundation
import Privacy
import Testing
import Workbench

@Suite struct ValuePatternTests {
  @Test(
    arguments: [
      ("a", "xax", true), ("a", "A", false), ("(?i)a", "A", true), ("(?i)[a-c]+x", "ABCX", true),
      ("^a$", "a", true), ("^a$", "ab", false), ("^$", "", true), ("^$", "a", false),
      ("ab|cd", "xcd", true), ("(ab|c)d", "abd", true), ("(?:ab|c)d", "ad", false),
      ("a*b", "b", true), ("a+b", "b", false), ("a?b", "b", true), ("^a{2}$", "aa", true),
      ("^a{2}$", "aaa", false), ("^a{2,}$", "aaaa", true), ("^a{1,3}$", "aaaa", false),
      ("^a{0}b$", "b", true), (".", "\n", false), ("[^a]", "\n", true), ("[]a]", "]", true),
      ("[a-]", "-", true), ("[\\d-]", "-", true), ("[^\\D]", "7", true), ("[\\W]", "é", true),
      ("\\w+@\\w+\\.\\w+", "to ana@clinic.example", true), ("\\.", "a", false),
      ("\\b\\d{3}-\\d{2}-\\d{4}\\b", "ssn 078-05-1120.", true),
      ("\\b\\d{3}-\\d{2}-\\d{4}\\b", "1078-05-1120", false),
      ("^(?:\\d{4}[ -]?){3}\\d{4}$", "4111 1111-11111111", true), ("é+", "caféé", true),
      ("^[α-ω]+$", "λογος", true), ("\\B", "a", false), ("\\B", "ab", true), ("a||", "a", nil),
    ] as [(String, String, Bool?)])
  func `a pattern finds what it should`(pattern: String, text: String, isFound: Bool?) {
    #expect((try? ValuePattern(pattern))?.matches(text) == isFound)
  }

  @Test(arguments: [
    ("", PatternError.Reason.empty, 1), ("a|", .empty, 3), ("()", .empty, 2), ("(a", .unclosed, 3),
    ("a)", .unopened, 2), ("[a", .unclosed, 3), ("*a", .nothingToRepeat, 1),
    ("a|+", .nothingToRepeat, 3), ("a{", .badRepetition, 3), ("a{x}", .badRepetition, 3),
    ("a{3,1}", .badRepetition, 6), ("a{101}", .badRepetition, 6), ("a{1,101}", .badRepetition, 8),
    ("\\", .badEscape, 2), ("\\q", .badEscape, 2), ("[z-a]", .badRange, 5),
    ("[a-\\d]", .badRange, 6), ("(a)\\1", .notSupported, 5), ("(?=a)", .notSupported, 2),
    ("(?<!a)b", .notSupported, 2), ("(?P<n>a)", .notSupported, 2),
    ("(a{100}){100}", .tooLarge, 14), (String(repeating: "a", count: 257), .tooLong, 0),
    (String(repeating: "(", count: 60) + "a", .tooLarge, 52),
  ])
  func `a pattern that is not taken is refused with the reason and the place`(
    pattern: String, reason: PatternError.Reason, position: Int
  ) {
    do throws(PatternError) {
      _ = try ValuePattern(pattern)
      Issue.record("taken")
    } catch {
      #expect(error.reason == reason)
      #expect(error.position == position)
    }
  }

  /// With backtracking each of them takes longer than anybody waits.
  @Test(arguments: [
    "^(a+)+$", "^(a|a)*$", "^(a|aa)+$", "(a*)*b", "^(([a-z])+.)+[A-Z]([a-z])+$",
    "(x+x+)+y", "(a?){50}a{50}", "((((a*)*)*)*)*$b",
  ])
  func `no pattern takes a text long`(pattern: String) throws {
    let value = try ValuePattern(pattern)
    for letter in ["a", "x"] {
      _ = value.matches(String(repeating: letter, count: 10_000) + "!")
    }
    #expect(value.matches(String(repeating: "b", count: 10_000) + "!") == pattern.hasSuffix("*b"))
  }

  @Test func `only the beginning of a long text is looked at`() throws {
    let value = try ValuePattern("b")
    #expect(value.matches(String(repeating: "a", count: 511) + "b"))
    #expect(!value.matches(String(repeating: "a", count: 512) + "b"))
  }

  @Test(.enabled(if: Judge.hasPython, "python3 is not installed"))
  func `Python's engine finds the same`() throws {
    var random = SystemRandomNumberGenerator()
    let atoms = [
      "a", "b", ".", "[ab]", "[^b]", "\\d", "\\w", "\\b", "1", " ", "-", "[0-9a]", "\\S",
    ]
    func pattern(_ depth: Int) -> String {
      (0..<Int.random(in: 1...3, using: &random)).map { _ in
        let inner =
          depth > 0 && Bool.random(using: &random)
          ? "(?:\(pattern(depth - 1))|\(pattern(depth - 1)))"
          : atoms.randomElement(using: &random) ?? "a"
        let times = inner == "\\b" ? [""] : ["", "", "*", "+", "?", "{2}", "{1,2}"]
        return inner + (times.randomElement(using: &random) ?? "")
      }.joined()
    }
    let cases = (0..<800).map { _ in
      (
        pattern(2),
        String((0..<Int.random(in: 0...8)).map { _ in "aab1 -é".randomElement() ?? "a" })
      )
    }.filter { (try? ValuePattern($0.0)) != nil }
    #expect(cases.count > 600, "few are too long")
    let program = """
      import re, sys
      for line in sys.stdin:
        pattern, text = [bytes.fromhex(part).decode() for part in line[:-1].split(" ")]
        print(int(re.search(pattern, text, re.ASCII) is not None))
      """
    let verdicts = try Judge.pythonLines(
      program, input: cases.flatMap { Array("\(hex($0.0)) \(hex($0.1))\n".utf8) })
    #expect(verdicts.count == cases.count)
    #expect(verdicts.contains("0") && verdicts.contains("1"))
    for (verdict, (pattern, text)) in zip(verdicts, cases) {
      #expect(try ValuePattern(pattern).matches(text) == (verdict == "1"), "\(pattern) on \(text)")
    }
  }

  private func hex(_ text: String) -> String {
    text.utf8.map { String(format: "%02x", $0) }.joined()
  }
}
