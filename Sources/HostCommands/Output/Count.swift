/// Numbers for people.
enum Count {
  /// `1 line`, `1,200 lines`.
  static func of(_ number: Int, _ noun: String) -> String {
    "\(grouped(number)) \(noun)\(number == 1 ? "" : "s")"
  }

  /// Digits in threes, with commas.
  static func grouped(_ number: Int) -> String {
    let digits = Array(String(number.magnitude))
    let parts = digits.enumerated().map { index, digit in
      index > 0 && (digits.count - index) % 3 == 0 ? ",\(digit)" : "\(digit)"
    }
    return (number < 0 ? "-" : "") + parts.joined()
  }
}
