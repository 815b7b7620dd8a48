import EventJSON
import Foundation
import Testing

@Suite struct EventRewriterTests {
  private static let keys = ["email", "phone", "date_of_birth", "mrn", "address"]

  private struct Rewritten {
    var bytes: [UInt8] = []
    var landmark = 0
    /// What took whose place: ranges of the event, and of the result.
    var places: [(old: Range<Int>, new: Range<Int>)] = []
    var text: String { String(decoding: bytes, as: UTF8.self) }
  }

  private struct Refusal: Error {}

  /// Replaces every match by `text` of its own bytes.
  private func rewrite(
    _ scanned: Scanned, landmark: Int = 0, where isSelected: (KeySelection.KeyID) -> Bool,
    by text: ([UInt8]) throws(Refusal) -> [UInt8]
  ) throws(Refusal) -> Rewritten {
    var result = Rewritten(bytes: Array("before".utf8))
    var places: [(old: Range<Int>, new: Range<Int>)] = []
    let event = scanned.bytes.span
    result.landmark = unsafe try EventRewriter.rewrite(
      event.bytes, scanned.keyMatches, landmark: landmark, appendingTo: &result.bytes,
      edit: { isSelected($0.key) ? .replace : .keep }
    ) { (_, value, out) throws(Refusal) in
      let value = unsafe value.withUnsafeBytes { unsafe Array($0) }
      let start = out.count - 6
      out += try text(value)
      places.append((0..<value.count, start..<out.count - 6))
    }
    #expect(result.bytes.starts(with: Array("before".utf8)))
    result.bytes.removeFirst(6)
    var shift = 0
    for place in places {
      let start = place.new.lowerBound - shift
      result.places.append((start..<start + place.old.count, place.new))
      shift += place.new.count - place.old.count
    }
    return result
  }

  @Test func `every byte outside the replaced values is as it was`() throws {
    var replaced = 0
    for seed in 0..<400 as Range<UInt64> {
      let scanned = Scanned(
        RandomEvent.make(seed: seed, repeatsKeys: true), selecting: EventRewriterTests.keys)
      #expect(scanned.rejection == nil, "seed \(seed)")
      let result = try rewrite(scanned, where: { $0 != 1 }, by: seal)
      replaced += result.places.count
      var expected: [UInt8] = []
      var copied = 0
      for place in result.places {
        expected += scanned.bytes[copied..<place.old.lowerBound] + result.bytes[place.new]
        #expect(
          scanned.keyMatches.contains {
            $0.key != 1 && $0.start..<$0.end == place.old
          }, "seed \(seed)")
        copied = place.old.upperBound
      }
      expected += scanned.bytes[copied...]
      #expect(result.bytes == expected, "seed \(seed)")
      let identity = try rewrite(scanned, where: { _ in true }, by: { $0 })
      #expect(identity.bytes == scanned.bytes, "seed \(seed)")
    }
    #expect(replaced > 400)
  }

  @Test func `Foundation's parser agrees on which values were replaced`() throws {
    for seed in 1000..<1400 as Range<UInt64> {
      let scanned = Scanned(
        RandomEvent.make(seed: seed, repeatsKeys: false), selecting: EventRewriterTests.keys)
      let result = try rewrite(scanned, where: { _ in true }, by: { _ in Array("\"SEALED\"".utf8) })
      let before = try JSONSerialization.jsonObject(with: Data(scanned.bytes))
      let after = try JSONSerialization.jsonObject(with: Data(result.bytes))
      let expected = try #require(sealedByHand(before))
      #expect((after as? NSDictionary) == (expected as NSDictionary), "seed \(seed)")
    }
  }

  @Test func `a landmark is found again wherever it stands`() throws {
    for seed in 2000..<2200 as Range<UInt64> {
      let scanned = Scanned(
        RandomEvent.make(seed: seed, repeatsKeys: true), selecting: EventRewriterTests.keys)
      let id = scanned.shape.messageID
      guard id.kind == .string else { continue }
      let result = try rewrite(scanned, landmark: id.start, where: { _ in true }, by: seal)
      let moved = Scanned(result.bytes)
      #expect(moved.rejection == nil, "seed \(seed)")
      #expect(moved.shape.messageID.start == result.landmark, "seed \(seed)")
    }
  }

  @Test func `inside a replaced value nothing else is replaced`() throws {
    let scanned = event(#""traits":{"address":{"email":"a"},"email":"b"}"#)
    let text = try rewrite(scanned, where: { _ in true }, by: { _ in [0x30] })
    #expect(text.text.hasSuffix(#""traits":{"address":0,"email":0}}"#))
    let inner = try rewrite(scanned, where: { $0 == 0 }, by: { _ in [0x30] })
    #expect(inner.text.hasSuffix(#""traits":{"address":{"email":0},"email":0}}"#))
  }

  @Test func `when a value cannot be replaced the output is left as it was`() throws {
    let scanned = event(#""traits":{"email":"a","phone":"b"}"#)
    var out = Array("kept".utf8)
    var calls = 0
    #expect(throws: Refusal.self) {
      let bytes = scanned.bytes.span
      _ = unsafe try EventRewriter.rewrite(
        bytes.bytes, scanned.keyMatches, landmark: 0, appendingTo: &out, edit: { _ in .replace }
      ) { (_, _, out) throws(Refusal) in
        out.append(0x30)
        calls += 1
        if calls == 2 { throw Refusal() }
      }
    }
    #expect(out == Array("kept".utf8))
  }

  // MARK: - messageId

  @Test(arguments: [
    (#"{"type":"page","userId":"u"}"#, #"{"messageId":"m-1","type":"page","userId":"u"}"#),
    (
      " {\n\"type\":\"page\",\"userId\":1.0}\t",
      " {\"messageId\":\"m-1\",\n\"type\":\"page\",\"userId\":1.0}\t"
    ),
    (
      #"{"type":"page","messageId":null,"userId":"u"}"#,
      #"{"type":"page","messageId":"m-1","userId":"u"}"#
    ),
    (
      #"{"messageId" : "" ,"type":"page","userId":"u"}"#,
      #"{"messageId" : "m-1" ,"type":"page","userId":"u"}"#
    ),
    (
      #"{"type":"page","userId":"u","message\u0049d":""}"#,
      #"{"type":"page","userId":"u","message\u0049d":"m-1"}"#
    ),
    (
      #"{"type":"page","userId":"u","traits":{"messageId":"x"}}"#,
      #"{"messageId":"m-1","type":"page","userId":"u","traits":{"messageId":"x"}}"#
    ),
  ])
  func `an event without a messageId gets one, the rest stays`(text: String, expected: String) {
    let scanned = Scanned(text)
    #expect(scanned.rejection == nil && !scanned.shape.hasMessageID)
    let event = scanned.bytes.span
    let bytes = unsafe EventRewriter.addMessageID(event.bytes, scanned.shape, Array("m-1".utf8))
    #expect(String(decoding: bytes, as: UTF8.self) == expected)
    let again = Scanned(bytes)
    #expect(again.rejection == nil && again.shape.hasMessageID)
    #expect(bytes[again.shape.messageID.content].elementsEqual("m-1".utf8))
  }

  // MARK: - A plain reference

  private func event(_ fields: String) -> Scanned {
    Scanned("{\"type\":\"page\",\"userId\":\"u\",\(fields)}", selecting: EventRewriterTests.keys)
  }

  /// Another length each time, shorter ones too.
  private func seal(_ value: [UInt8]) -> [UInt8] {
    Array("\"\(String(repeating: "s", count: value.count * 7 % 23))\"".utf8)
  }

  private func sealedByHand(_ event: Any) -> [String: Any]? {
    guard var event = event as? [String: Any] else { return nil }
    for section in ["context", "traits", "properties"] {
      if let values = event[section] { event[section] = sealedInside(values) }
    }
    return event
  }

  private func sealedInside(_ value: Any) -> Any {
    if let list = value as? [Any] { return list.map(sealedInside) }
    guard let object = value as? [String: Any] else { return value }
    let selected = Set(EventRewriterTests.keys.map(plain))
    return Dictionary(
      uniqueKeysWithValues: object.map { key, value in
        let isSealed = selected.contains(plain(key)) && !(value is NSNull)
        return (key, isSealed ? "SEALED" : sealedInside(value))
      })
  }

  private func plain(_ key: String) -> String {
    key.lowercased().filter { !"_- .".contains($0) }
  }
}
