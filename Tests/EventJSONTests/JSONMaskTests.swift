import EventJSON
import Foundation
import Testing

@Suite struct JSONMaskTests {
  private static let mask = JSONMask(keeping: ["color", "shoesize"], atTop: ["type", "event"])

  private func masked(_ text: String) -> String? {
    let bytes = Array(text.utf8)
    return unsafe Self.mask.masked(bytes.span.bytes).map { String(decoding: $0, as: UTF8.self) }
  }

  @Test(arguments: [
    (#"{"type":"track","event":"Seen"}"#, #"{"type":"track","event":"Seen"}"#),
    (#"{"userId":"u1"}"#, #"{"userId":"(masked)"}"#),
    (
      #"{"a":1,"b":true,"c":null,"d":-1.5e3}"#,
      #"{"a":"(masked)","b":"(masked)","c":null,"d":"(masked)"}"#
    ),
    (#"{"traits":{"color":"red","type":"x"}}"#, #"{"traits":{"color":"red","type":"(masked)"}}"#),
    (#"{"Shoe_Size":41,"shoe size":"x"}"#, #"{"Shoe_Size":41,"shoe size":"x"}"#),
    (#"{"color":["red",{"who":"x"},["blue"]]}"#, #"{"color":["red",{"who":"(masked)"},["blue"]]}"#),
    (#"{"color":{"who":"x"},"b":["y"]}"#, #"{"color":{"who":"(masked)"},"b":["(masked)"]}"#),
    (#"{"c\u006flor":"red","typ\u0065":"t"}"#, #"{"c\u006flor":"red","typ\u0065":"t"}"#),
    (#"{"Type":"x"}"#, #"{"Type":"(masked)"}"#),
    (#"{"\ud800":"x","":"y"}"#, #"{"\ud800":"(masked)","":"(masked)"}"#),
    (#"{}"#, #"{}"#), (#"[]"#, #"[]"#), (#""x""#, #""(masked)""#),
    (
      "{ \"a\" : [ 1 , 2 ] , \"color\" : 3 }\r",
      "{ \"a\" : [ \"(masked)\" , \"(masked)\" ] , \"color\" : 3 }\r"
    ),
  ])
  func `only what is known to be harmless stays`(text: String, expected: String) {
    #expect(masked(text) == expected)
  }

  @Test(arguments: ["", "{", #"{"a":}"#, #"{"a":"x"} x"#, "{\"a\":\"\u{1}\"}"])
  func `what is no JSON is not shown at all`(text: String) {
    #expect(masked(text) == nil)
  }

  @Test func `of random events no value is left, and the result is JSON with the same keys`() throws
  {
    let none = JSONMask(keeping: [], atTop: [])
    for seed in 0..<200 as Range<UInt64> {
      let event = Array(RandomEvent.make(seed: seed, repeatsKeys: false).utf8)
      let masked = try #require(unsafe none.masked(event.span.bytes))
      let before = try JSONSerialization.jsonObject(with: Data(event))
      let after = try JSONSerialization.jsonObject(with: Data(masked))
      #expect(shape(before) as NSObject == after as? NSObject, "seed \(seed)")
    }
  }

  /// The same with every value but null masked.
  private func shape(_ value: Any) -> NSObject {
    switch value {
    case let object as [String: Any]: object.mapValues(shape) as NSDictionary
    case let list as [Any]: list.map(shape) as NSArray
    case is NSNull: NSNull()
    default: JSONMask.mark as NSString
    }
  }

  @Test func `any single changed byte is refused or masked, never a crash`() {
    let text = Array(#"{"type":"track","traits":{"email":"a@b.c","n":[1,null]},"x":"\u00e9"}"#.utf8)
    for index in text.indices {
      for bit in 0..<8 {
        var bytes = text
        bytes[index] ^= 1 << bit
        _ = unsafe Self.mask.masked(bytes.span.bytes)
      }
      _ = unsafe Self.mask.masked(Array(text[..<index]).span.bytes)
    }
  }
}
