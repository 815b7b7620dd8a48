import Foundation
import Workbench

extension SeededGenerator {
  /// A JSON string with its quotes, in a random spelling, and the text that it stands for.
  mutating func jsonString() -> (json: String, text: String) {
    var json = "\""
    var text = ""
    for _ in 0..<Int.random(in: 0...300, using: &self) {
      let scalar = randomScalar()
      text.unicodeScalars.append(scalar)
      json += spelling(of: scalar)
    }
    return (json + "\"", text)
  }

  private mutating func randomScalar() -> Unicode.Scalar {
    let ranges: [ClosedRange<UInt32>] = [
      0x20...0x7E, 0x20...0x7E, 0x00...0x1F, 0x7F...0x7FF, 0x800...0xD7FF, 0xE000...0xFFFF,
      0x10000...0x10FFFF, 0x22...0x22, 0x5C...0x5C, 0x2F...0x2F,
    ]
    let range = ranges[Int.random(in: 0..<ranges.count, using: &self)]
    return Unicode.Scalar(UInt32.random(in: range, using: &self)) ?? " "
  }

  private mutating func spelling(of scalar: Unicode.Scalar) -> String {
    let short: [Unicode.Scalar: String] = [
      "\"": "\\\"", "\\": "\\\\", "/": "\\/", "\u{8}": "\\b", "\u{C}": "\\f", "\n": "\\n",
      "\r": "\\r", "\t": "\\t",
    ]
    let mustEscape = scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
    if let short = short[scalar], Bool.random(using: &self) { return short }
    guard mustEscape || Int.random(in: 0..<8, using: &self) == 0 else { return String(scalar) }
    return String(scalar).utf16.map { unit in
      let digits = String(unit, radix: 16, uppercase: Bool.random(using: &self))
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }.joined()
  }
}

/// The text of a JSON string, by Foundation's reader.
func unescaped(_ json: String) -> String? {
  try? JSONDecoder().decode(String.self, from: Data(json.utf8))
}
