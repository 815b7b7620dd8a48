import FieldEncryption
import Workbench

/// A random event, made together with what its owner must read after it was sealed and opened again.
///
/// The pieces are put down side by side while it is made, so no JSON reader of ours has a say in what is right.
struct SealedEvent {
  /// Keys that are sealed, folded.
  static let keys = ["email", "medicalrecordnumber", "name", "visits"]

  private(set) var event: [UInt8] = []
  /// The event as it is after opening.
  private(set) var opened: [UInt8] = []
  /// What stands before, between and after the sealed values.
  private(set) var outside: [[UInt8]] = [[]]

  private let format: EncryptionFormat
  private var random: SeededGenerator
  private let longestRaw: Int

  init(_ format: EncryptionFormat, longestRaw: Int, _ random: inout SeededGenerator) {
    self.format = format
    self.longestRaw = longestRaw
    self.random = SeededGenerator(seed: random.next())
    put(#"{"type":"identify","messageId":"m", "email":"outside the three objects","traits":"#)
    object(depth: 0)
    put(#","context":{"traits":"#)
    object(depth: 2)
    put(#"},"userId":"u"}"#)
  }

  // MARK: - What goes over as it is

  private mutating func put(_ text: String) { put(Array(text.utf8)) }

  private mutating func put(_ bytes: [UInt8]) {
    event += bytes
    opened += bytes
    outside[outside.count - 1] += bytes
  }

  private mutating func object(depth: Int) {
    put("{")
    for index in 0..<Int.random(in: 0...4, using: &random) {
      put(index == 0 ? "" : pick([",", " ,", ", ", ",\t"]))
      if Int.random(in: 0..<3, using: &random) == 0 { sealedMember() } else { member(depth) }
    }
    put("}")
  }

  private mutating func member(_ depth: Int) {
    put(pick([#""a":"#, #""e mailed" : "#, #""":"#, #""n\u0061me2":"#, #""é":"#, #""names": "#]))
    value(depth)
  }

  private mutating func value(_ depth: Int) {
    switch Int.random(in: 0..<(depth < 4 ? 7 : 5), using: &random) {
    case 0: put(random.jsonPiece().json)
    case 1: put(pick(Self.scalars))
    case 2, 3: put(pick([#""""#, #""\ud800""#, #""eyJ.a.b.c""#, #""\/""#]))
    case 4: put("[ ]")
    case 5: object(depth: depth + 1)
    default:
      put("[")
      object(depth: depth + 1)
      put(pick([",1e5", ", null", ""]) + "]")
    }
  }

  // MARK: - What is sealed

  private mutating func sealedMember() {
    put(
      pick([
        #""email":"#, #""E-Mail" : "#, #""\u0065mail":"#, #""Medical Record_Number":"#,
        #""name": "#,
        #""vis\u0069ts":"#,
      ]))
    switch Int.random(in: 0..<8, using: &random) {
    case 0: put("null")
    case 1, 2: sealed(pick(Self.scalars.filter { $0 != "null" }), text: nil)
    case 3: sealed(pick([#"{"email":[1.50, "x"]}"#, "[ ]", #"{ "a" : {} }"#]), text: nil)
    case 4 where format != .oaep: sealed(#""a\ud800\u0041""#, text: nil)
    default:
      let piece = random.jsonPiece()
      if format == .oaep && piece.text.count > longestRaw { return sealed(#""""#, text: []) }
      sealed(piece.json, text: piece.text)
    }
  }

  /// - Parameter text: what a string stands for; nil for a value that is not text.
  private mutating func sealed(_ json: String, text: [UInt8]?) {
    sealed(Array(json.utf8), text: text)
  }

  private mutating func sealed(_ json: [UInt8], text: [UInt8]?) {
    event += json
    outside.append([])
    let isLoneSurrogate = text == nil && json.first == UInt8(ascii: "\"")
    let isRaw =
      format != .jwe && !isLoneSurrogate && (text ?? json).count <= longestRaw
    // The raw form carries no type: what was no string comes back as one.
    opened += text.map(Self.string) ?? (isRaw ? Self.string(json) : json)
  }

  private static let scalars = [
    "120.50", "-0", "1e-7", "12345678901234567890123", "true", "false", "null", "0.0",
  ]

  private mutating func pick(_ texts: [String]) -> String {
    texts[Int.random(in: 0..<texts.count, using: &random)]
  }

  /// The shortest JSON string of a text.
  private static func string(_ text: [UInt8]) -> [UInt8] {
    let short: [UInt8: String] = [
      0x22: #"\""#, 0x5C: #"\\"#, 8: #"\b"#, 9: #"\t"#, 10: #"\n"#, 12: #"\f"#, 13: #"\r"#,
    ]
    let digits = Array("0123456789abcdef".utf8)
    var json = [UInt8(ascii: "\"")]
    for byte in text {
      if byte >= 0x20, byte != 0x22, byte != 0x5C {
        json.append(byte)
      } else if let escape = short[byte] {
        json += Array(escape.utf8)
      } else {
        json += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return json + [UInt8(ascii: "\"")]
  }
}

extension SealedEvent {
  /// Whether these bytes are the event's outside the sealed values, and a string without escapes for each of those.
  func isSealed(as bytes: ArraySlice<UInt8>) -> Bool {
    var rest = bytes
    for (index, piece) in outside.enumerated() {
      if index > 0 {
        guard rest.popFirst() == UInt8(ascii: "\""), let end = rest.firstIndex(of: 0x22),
          rest[..<end].count >= 340, !rest[..<end].contains(0x5C)
        else { return false }
        rest = rest[(end + 1)...]
      }
      guard rest.starts(with: piece) else { return false }
      rest = rest.dropFirst(piece.count)
    }
    return rest.isEmpty
  }
}

extension SeededGenerator {
  /// Random strings are slow to make: a thousand, drawn again and again.
  private static let pieces: [(json: [UInt8], text: [UInt8])] = {
    var random = SeededGenerator(seed: 2024)
    return (0..<1000).map { _ in
      let string = random.jsonString()
      return (Array(string.json.utf8), Array(string.text.utf8))
    }
  }()

  /// A JSON string with its quotes, and the text that it stands for.
  mutating func jsonPiece() -> (json: [UInt8], text: [UInt8]) {
    Self.pieces[Int.random(in: 0..<Self.pieces.count, using: &self)]
  }
}
