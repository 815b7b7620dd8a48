import EventJSON
import Foundation
import Testing
import Workbench

/// Python's strict JSON parser as the judge: both accept the same texts.
///
/// Known differences, all settled here: Python takes `NaN` and `Infinity` (turned off), limits the digits of an
/// integer (turned off), and nests deeper than 512 (the mutations do not).
@Suite struct DifferentialTests {
  @Test(.enabled(if: Judge.hasPython, "python3 is not installed"))
  func `what is accepted and what is refused is what Python's parser says`() throws {
    let texts = (0..<4000 as Range<UInt64>).map(mutated)
    let verdicts = try pythonVerdicts(texts)
    #expect(verdicts.count == texts.count)
    #expect(verdicts.contains(true) && verdicts.contains(false))
    for (seed, verdict) in verdicts.enumerated() {
      #expect((jsonError(texts[seed]) == nil) == verdict, "seed \(seed)")
    }
  }

  @Test func `a scanner survives any mutation and keeps its places inside the text`() throws {
    var scanner = EventScanner(selecting: KeySelection(["email", "phone", "address"]))
    for seed in 10_000..<18_000 as Range<UInt64> {
      let text = mutated(seed)
      let rejection = scanner.scan(text)
      guard rejection == nil else { continue }
      #expect(jsonError(text) == nil, "seed \(seed)")
      for match in scanner.matches {
        let range = match.start..<match.end
        #expect(!range.isEmpty && range.upperBound < text.count, "seed \(seed)")
        #expect(jsonError(Array(text[range])) == nil, "seed \(seed)")
      }
    }
  }

  /// A valid event with up to four bytes changed, removed, doubled or moved.
  private func mutated(_ seed: UInt64) -> [UInt8] {
    var random = SeededGenerator(seed: seed &* 31)
    var text = Array(RandomEvent.make(seed: seed, repeatsKeys: true).utf8)
    let bytes = Array("{}[]\",:\\ue0-+.tfn /'\t\n\0".utf8) + [0x1F, 0x80, 0xC2, 0xED, 0xF4, 0xFF]
    for _ in 0..<random.below(4) where !text.isEmpty {
      let place = random.below(text.count)
      switch random.below(5) {
      case 0: text.remove(at: place)
      case 1: text.insert(random.pick(bytes), at: place)
      case 2: text[place] = random.pick(bytes)
      case 3: text.removeSubrange(place..<min(text.count, place + random.below(9)))
      default: text.insert(contentsOf: text[place..<min(text.count, place + 6)], at: place)
      }
    }
    return text
  }

  private func pythonVerdicts(_ texts: [[UInt8]]) throws -> [Bool] {
    let program = """
      import json, sys
      def refuse(_): raise ValueError()
      for line in sys.stdin:
        try:
          text = bytes.fromhex(line).decode("utf-8")
          json.loads(text, parse_constant=refuse, parse_int=str, parse_float=str)
          print(1)
        except ValueError:
          print(0)
      """
    return try Judge.pythonLines(program, input: texts.flatMap { hex($0) + [0x0A] }).map {
      $0 == "1"
    }
  }
}
