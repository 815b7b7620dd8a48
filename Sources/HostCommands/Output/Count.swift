/// Numbers for people.
enum Count {
  /// `1 line`, `1,200 lines`.
  static func of(_ number: Int, _ noun: String) -> String {
    "\(grouped(number)) \(noun)\(number == 1 ? "" : "s")"
  }

  /// `42 s`, `3 min 5 s`, `2 h 10 min`, `3 d 4 h`.
  static func time(_ seconds: Int) -> String {
    if seconds < 60 { return "\(seconds) s" }
    if seconds < 3600 { return "\(seconds / 60) min \(seconds % 60) s" }
    if seconds < 48 * 3600 { return "\(seconds / 3600) h \(seconds / 60 % 60) min" }
    return "\(grouped(seconds / 86_400)) d \(seconds / 3600 % 24) h"
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
