import EventJSON
import Foundation
import Testing

@Suite struct SectionWalkTests {
  private func members(_ text: String) -> [String] {
    let bytes = Array(text.utf8)
    return unsafe SectionWalk.members(of: bytes.span.bytes).map { member in
      let path = member.path.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ".")
      return "\(path) \(member.kind) \(String(decoding: bytes[member.value], as: UTF8.self))"
    }
  }

  @Test func `members of the three sections are told with their paths, kinds and values`() {
    #expect(
      members(
        #"{"type":"page","name":{"a":1},"traits":{"a":1,"b":{"c":"x","d":[{"e":null},[{"f":[]}],{"g":true}],"h":2}},"#
          + #""properties":[{"i":1}],"context":{"traits":{"\u0065mail":"e"}},"email":"x"}"#) == [
          "traits.a number 1",
          #"traits.b object {"c":"x","d":[{"e":null},[{"f":[]}],{"g":true}],"h":2}"#,
          #"traits.b.c string "x""#, #"traits.b.d array [{"e":null},[{"f":[]}],{"g":true}]"#,
          "traits.b.d.e null null", "traits.b.d.f array []", "traits.b.d.g boolean true",
          "traits.b.h number 2", "properties.i number 1",
          #"context.traits object {"\u0065mail":"e"}"#, #"context.traits.email string "e""#,
        ])
  }

  @Test func `a text that is no JSON has none, a long one a bounded number`() {
    #expect(members(#"{"traits":{"a":1}"#).isEmpty)
    let many = (0..<2_000).map { "\"k\($0)\":{\"a\":[]}" }.joined(separator: ",")
    #expect(members("{\"traits\":{\(many)}}").count == SectionWalk.mostMembers)
  }

  @Test func `it finds every value that the scanner finds`() {
    let keys = ["email", "phone", "date_of_birth", "mrn", "address"]
    for seed in 0..<300 as Range<UInt64> {
      let scanned = Scanned(RandomEvent.make(seed: seed, repeatsKeys: true), selecting: keys)
      let walked = unsafe SectionWalk.members(of: scanned.bytes.span.bytes)
      for match in scanned.keyMatches {
        let found = walked.first { $0.value == match.start..<match.end }
        #expect(found?.kind == match.kind, "seed \(seed)")
        let key = String(decoding: found?.path.last ?? [], as: UTF8.self)
        #expect(KeyFolding.fold(key) == KeyFolding.fold(keys[Int(match.key)]), "seed \(seed)")
      }
      for member in walked {
        #expect(jsonError(Array(scanned.bytes[member.value])) == nil, "seed \(seed)")
      }
    }
  }

  // MARK: - Prints

  private func prints(_ texts: String...) -> [UInt64] {
    var scanner = EventScanner(selecting: KeySelection(["email"]))
    return texts.map { text in
      let bytes = Array(text.utf8)
      #expect(scanner.scan(bytes) == nil)
      return unsafe scanner.shapePrint(of: bytes.span.bytes)
    }
  }

  private func track(_ fields: String, _ name: String = "A") -> String {
    "{\"type\":\"track\",\"event\":\"\(name)\",\"userId\":\"u\",\(fields)}"
  }

  @Test func `events with the same keys have one print, whatever the order and the values`() {
    let prints = prints(
      track(#""traits":{"a":1,"email":"x","c":{"d":1}}"#),
      track(#""traits" : { "c":{"d":"y"}, "email":null, "a":[1,2,3] }"#),
      track(#""traits":{"\u0061":1,"em\u0061il":"x","c":{"d":1}},"other":{"e":1}"#))
    #expect(Set(prints).count == 1)
  }

  @Test func `another key, place, name or type has another print`() {
    let long = String(repeating: "k", count: 40)
    let prints = prints(
      track(#""traits":{"a":1}"#), track(#""traits":{"b":1}"#), track(#""properties":{"a":1}"#),
      track(#""traits":{"a":{"a":1}}"#), track(#""traits":{"a":1,"aa":1}"#),
      track(#""traits":{"":1}"#), track(#""traits":{}"#), track(#""traits":{"a":1}"#, "B"),
      track(#""traits":{"a":1}"#, "Appointment Booked"),
      track(#""traits":{"a":1}"#, "Appointment Bookes"),
      #"{"type":"page","event":"A","userId":"u","traits":{"a":1}}"#,
      track("\"traits\":{\"\(long)\":1}"), track("\"traits\":{\"\(long)k\":1}"),
      track("\"traits\":{\"\(long.dropLast())l\":1}"), track(#""traits":{"abcdefgh":1}"#),
      track(#""traits":{"abcdefghi":1}"#), track(#""traits":{"abc":1}"#),
      track(#""traits":{"acb":1}"#))
    #expect(Set(prints).count == prints.count)
  }
}
