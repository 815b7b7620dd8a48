import EventJSON
import Foundation
import Testing
import Workbench

/// Members that are left out: the rest is JSON, and byte for byte what it was.
@Suite struct MemberRemovalTests {
  /// Removed is `ssn`; sealed is `email`.
  private func edited(_ text: String) throws -> String {
    let scanned = Scanned(text, selecting: ["ssn", "email"])
    #expect(scanned.rejection == nil)
    return String(decoding: edited(scanned, removed: [0]).bytes, as: UTF8.self)
  }

  /// Removes the keys of these ids; seals the other matches.
  private func edited(
    _ scanned: Scanned, removed: Set<KeySelection.KeyID>, landmark: Int = 0
  ) -> (bytes: [UInt8], landmark: Int) {
    var out: [UInt8] = Array(" ,".utf8)
    let event = scanned.bytes.span
    let moved = unsafe EventRewriter.rewrite(
      event.bytes, scanned.keyMatches, landmark: landmark, appendingTo: &out,
      edit: { removed.contains($0.key) ? .remove : .replace },
      replace: { _, value, out in
        out += MemberRemovalTests.sealed(unsafe value.withUnsafeBytes { unsafe Array($0) })
      })
    #expect(out.starts(with: Array(" ,".utf8)))
    return (Array(out.dropFirst(2)), moved)
  }

  /// A JSON string that a judge can open.
  private static func sealed(_ value: [UInt8]) -> [UInt8] {
    Array("\"SEALED:".utf8) + hex(value) + [UInt8(ascii: "\"")]
  }

  private static let head = #"{"type":"page","userId":"u","traits":"#

  @Test(arguments: [
    // The only one, the first, one between, the last.
    (#"{"ssn":1}"#, "{}"),
    (#"{ "ssn" : 1 }"#, "{  }"),
    (#"{"ssn":1,"a":2}"#, #"{"a":2}"#),
    (#"{ "ssn" : 1 , "a" : 2 }"#, #"{ "a" : 2 }"#),
    (#"{"a":1,"ssn":2,"b":3}"#, #"{"a":1,"b":3}"#),
    ("{\n  \"a\":1,\n  \"ssn\":2,\n  \"b\":3\n}", "{\n  \"a\":1,\n  \"b\":3\n}"),
    (#"{"a":1,"ssn":2}"#, #"{"a":1}"#),
    ("{\n  \"a\":1 ,\n  \"ssn\":2\n}", "{\n  \"a\":1 \n}"),
    // Side by side, and the same one again.
    (#"{"ssn":1,"SSN":2}"#, "{}"),
    (#"{"ssn":1,"s-s-n":2,"a":3}"#, #"{"a":3}"#),
    (#"{"a":1,"ssn":2,"ssn":3}"#, #"{"a":1}"#),
    (#"{"ssn":1,"a":2,"ssn":3,"b":4,"ssn":5}"#, #"{"a":2,"b":4}"#),
    // Whatever the value is.
    (#"{"ssn":null,"a":null}"#, #"{"a":null}"#),
    (#"{"ssn":"}\",{","a":"ssn"}"#, #"{"a":"ssn"}"#),
    (#"{"ssn":[{"ssn":1},2],"a":3}"#, #"{"a":3}"#),
    (
      #"{"a":{"b":[{"ssn":1},{"c":{"ssn":{"ssn":2}}},{"ssn":3,"d":4}]}}"#,
      #"{"a":{"b":[{},{"c":{}},{"d":4}]}}"#
    ),
    // Whatever the key is written like.
    (#"{"a":1,"\u0073\u0053n":2}"#, #"{"a":1}"#),
    (#"{"\\\"":1,"ssn":2}"#, #"{"\\\"":1}"#),
    (#"{"":1,"_s s.n-":2,"":3}"#, #"{"":1,"":3}"#),
    (#"{"a":"\\","ssn":"\\","b":"\\"}"#, #"{"a":"\\","b":"\\"}"#),
    // Beside and around what is sealed.
    (#"{"email":1,"ssn":2,"email":3}"#, #"{"email":"SEALED:31","email":"SEALED:33"}"#),
    (#"{"ssn":{"email":1},"a":2}"#, #"{"a":2}"#),
    (#"{"email":null,"ssn":null}"#, #"{"email":null}"#),
  ])
  func `a member goes with its comma, the rest stays`(traits: String, expected: String) throws {
    #expect(
      try edited(Self.head + traits + #","integrations":{"ssn":1}}"#)
        == Self.head + expected + #","integrations":{"ssn":1}}"#)
  }

  @Test func `what is to go inside a sealed value goes before it is sealed`() throws {
    let text = Self.head + #"{"email":{"ssn":1,"a":{"ssn":2},"ssn":3},"ssn":4}}"#
    let inner = Self.sealed(Array(#"{"a":{}}"#.utf8))
    #expect(
      try edited(text) == Self.head + #"{"email":"# + String(decoding: inner, as: UTF8.self) + "}}")
  }

  @Test func `a removal does not reach a comma outside its object`() throws {
    #expect(
      try edited(#"{"type":"page","userId":"u","properties":[1,{"ssn":1}],"traits":{"ssn":1}}"#)
        == #"{"type":"page","userId":"u","properties":[1,{}],"traits":{}}"#)
  }

  // MARK: - Random events

  private static let keys = ["email", "phone", "date_of_birth", "mrn", "address"]

  /// Which of the keys are removed; the others are sealed.
  private static func removed(_ seed: UInt64) -> Set<KeySelection.KeyID> {
    [Int32(seed % 5), Int32(seed / 5 % 5)]
  }

  @Test func `a landmark is found again behind removals`() throws {
    for seed in 5000..<5400 as Range<UInt64> {
      let scanned = Scanned(
        RandomEvent.make(seed: seed, repeatsKeys: true), selecting: Self.keys)
      let id = scanned.shape.messageID
      guard id.kind == .string else { continue }
      let result = edited(scanned, removed: Self.removed(seed), landmark: id.start)
      let moved = Scanned(result.bytes)
      #expect(moved.rejection == nil, "seed \(seed)")
      #expect(moved.shape.messageID.start == result.landmark, "seed \(seed)")
    }
  }

  @Test func `only members, commas and white space are missing, and nothing is new`() throws {
    for seed in 6000..<6600 as Range<UInt64> {
      let scanned = Scanned(
        RandomEvent.make(seed: seed, repeatsKeys: true), selecting: Self.keys)
      let removed = Self.removed(seed)
      let gone = scanned.keyMatches.filter { removed.contains($0.key) }
      var out: [UInt8] = []
      let event = scanned.bytes.span
      _ = unsafe EventRewriter.rewrite(
        event.bytes, scanned.keyMatches, landmark: 0, appendingTo: &out,
        edit: { removed.contains($0.key) ? .remove : .keep }, replace: { _, _, _ in })
      #expect(jsonError(out) == nil, "seed \(seed)")
      let rest = Scanned(out, selecting: Self.keys).keyMatches
      #expect(rest.allSatisfy { !removed.contains($0.key) }, "seed \(seed)")
      // Blank out the removed values in the original: what is left of it holds every byte of the result, in order.
      var left = scanned.bytes
      for match in gone {
        for index in match.start..<match.end { left[index] = 0 }
      }
      #expect(isSubsequence(out, of: left), "seed \(seed)")
      #expect(gone.isEmpty == (out == scanned.bytes), "seed \(seed)")
    }
  }

  private func isSubsequence(_ short: [UInt8], of long: [UInt8]) -> Bool {
    var rest = long[...]
    for byte in short {
      guard let place = rest.firstIndex(of: byte) else { return false }
      rest = rest[(place + 1)...]
    }
    return true
  }

  /// Keys in their order, repeated ones too, and numbers as they are spelled.
  private static let judge = #"""
    import json, sys
    removed, sealed = [set(word.split(",")) for word in sys.argv[1:3]]
    FOLD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", "_- .")
    class Members(list): pass
    def parse(text):
      return json.loads(text, object_pairs_hook=Members, parse_int=str, parse_float=str)
    def opened(value):
      if isinstance(value, Members):
        return Members((k, parse(bytes.fromhex(v[7:]).decode()) if k.translate(FOLD) in sealed
          and isinstance(v, str) and v.startswith("SEALED:") else opened(v)) for k, v in value)
      return [opened(v) for v in value] if isinstance(value, list) else value
    def without(value):
      if isinstance(value, Members):
        return Members((k, without(v)) for k, v in value if k.translate(FOLD) not in removed)
      return [without(v) for v in value] if isinstance(value, list) else value
    SECTIONS = ("context", "traits", "properties")
    def event(value, change):
      return [(k, change(v) if k in SECTIONS else v) for k, v in value]
    for line in sys.stdin:
      before, after = [parse(bytes.fromhex(text).decode()) for text in line.split()]
      print(int(event(before, without) == event(after, opened)))
    """#

  @Test(.enabled(if: Judge.hasPython, "python3 is not installed"))
  func `Python's parser finds exactly the removed members gone and the sealed ones whole`() throws {
    for choice in 0..<5 as Range<UInt64> {
      let removed = Self.removed(choice * 6 + choice)
      let lines = (0..<400 as Range<UInt64>).flatMap { seed -> [UInt8] in
        let scanned = Scanned(
          RandomEvent.make(seed: seed + 7000 + choice * 1000, repeatsKeys: seed % 2 == 0),
          selecting: Self.keys)
        return hex(scanned.bytes) + [0x20] + hex(edited(scanned, removed: removed).bytes) + [0x0A]
      }
      let names = Self.keys.map { $0.filter { $0 != "_" } }
      let verdicts = try Judge.pythonLines(
        Self.judge,
        [
          names.indices.filter { removed.contains(Int32($0)) }.map { names[$0] },
          names.indices.filter { !removed.contains(Int32($0)) }.map { names[$0] },
        ].map { $0.joined(separator: ",") }, input: lines)
      #expect(verdicts.count == 400)
      #expect(verdicts.allSatisfy { $0 == "1" }, "choice \(choice)")
    }
  }
}
