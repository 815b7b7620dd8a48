/// A number of a statement or an event: whole numbers to 64 bits exactly, all others as a Double.
enum FilterNumber: Sendable {
  case integer(Int64)
  case double(Double)

  /// The value of a number as RFC 8259 writes it, nil for another text; one beyond a Double is infinite.
  init?(_ text: some Sequence<UInt8>) {
    let text = Array(text)
    guard FilterNumber.length(text, from: 0) == text.count, !text.isEmpty else { return nil }
    let string = String(decoding: text, as: UTF8.self)
    if let integer = Int64(string) {
      self = .integer(integer)
    } else {
      guard let double = Double(string) else { return nil }
      self = .double(double)
    }
  }

  /// How many bytes from `start` on are a number; 0 when none is.
  static func length(_ text: [UInt8], from start: Int) -> Int {
    var index = start
    func digits() -> Int {
      let first = index
      while index < text.count, text[index] &- UInt8(ascii: "0") < 10 { index += 1 }
      return index - first
    }
    if index < text.count, text[index] == UInt8(ascii: "-") { index += 1 }
    let first = index
    let count = digits()
    guard count > 0, count == 1 || text[first] != UInt8(ascii: "0") else { return 0 }
    var end = index
    if index < text.count, text[index] == UInt8(ascii: ".") {
      index += 1
      guard digits() > 0 else { return end - start }
      end = index
    }
    guard index < text.count, text[index] | 0x20 == UInt8(ascii: "e") else { return end - start }
    index += 1
    if index < text.count, text[index] == UInt8(ascii: "+") || text[index] == UInt8(ascii: "-") {
      index += 1
    }
    return digits() > 0 ? index - start : end - start
  }

  /// Less, equal or greater, as the numbers themselves are, also for a whole number beside a fraction.
  static func order(_ a: FilterNumber, _ b: FilterNumber) -> Int {
    switch (a, b) {
    case (.integer(let a), .integer(let b)): a < b ? -1 : (a == b ? 0 : 1)
    case (.double(let a), .double(let b)): a < b ? -1 : (a == b ? 0 : 1)
    case (.integer(let a), .double(let b)): order(a, b)
    case (.double(let a), .integer(let b)): -order(b, a)
    }
  }

  /// Doubles of this size are whole, and the smallest of them no Int64 reaches.
  private static let beyond = 9_223_372_036_854_775_808.0

  private static func order(_ integer: Int64, _ double: Double) -> Int {
    if double >= beyond { return -1 }
    if double < -beyond { return 1 }
    let whole = Int64(double.rounded(.towardZero))
    if integer != whole { return integer < whole ? -1 : 1 }
    let rest = double - double.rounded(.towardZero)
    return rest > 0 ? -1 : (rest == 0 ? 0 : 1)
  }

  var isZero: Bool { FilterNumber.order(self, .integer(0)) == 0 }

  /// A whole number in digits; another in the shortest form that reads back as the same Double; none for one beyond it.
  var text: String? {
    switch self {
    case .integer(let value): "\(value)"
    case .double(let value):
      abs(value) < 9_007_199_254_740_992 && value == value.rounded()
        ? "\(Int64(value))" : value.isFinite ? "\(value)" : nil
    }
  }
}
