import Glibc

/// Dates and times as they are typed and printed: RFC 3339, always UTC.
enum Calendar {
  /// The present second: `2026-11-23T22:44:24Z`.
  static func now() -> String { timestamp(secondsSince1970: Int(time(nil))) }

  /// The present millisecond: `2026-11-23T22:44:24.123Z`.
  static func preciseNow() -> String {
    var now = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &now)
    let fraction = String(1000 + now.tv_nsec / 1_000_000).dropFirst()
    return timestamp(secondsSince1970: now.tv_sec).dropLast() + ".\(fraction)Z"
  }

  /// Today: `2026-11-23`.
  static func today() -> String { String(now().prefix(10)) }

  static func timestamp(secondsSince1970 seconds: Int) -> String {
    let (year, month, day) = date(daysSince1970: seconds / 86_400)
    let second = seconds % 86_400
    let date = [year, month, day].map(twoDigits).joined(separator: "-")
    let clock = [second / 3600, second / 60 % 60, second % 60].map(twoDigits)
    return date + "T" + clock.joined(separator: ":") + "Z"
  }

  /// Whether the text is a day of the Gregorian calendar: `YYYY-MM-DD`.
  static func isDate(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.utf8.count) == [4, 2, 2] else { return false }
    let numbers = parts.compactMap { $0.utf8.allSatisfy(isDigit) ? Int($0) : nil }
    guard numbers.count == 3, numbers[0] >= 1, (1...12).contains(numbers[1]) else { return false }
    return (1...days(ofMonth: numbers[1], year: numbers[0])).contains(numbers[2])
  }

  /// The start of a span that ends now (`90s`, `30m`, `12h`, `7d`), or a date or time as it is.
  ///
  /// Nil for anything else.
  static func start(_ text: String, now: Int = Int(time(nil))) -> String? {
    if let span = span(text) { return timestamp(secondsSince1970: max(0, now - span)) }
    if isDate(text) { return text + "T00:00:00Z" }
    let pattern = #/(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?Z/#
    guard let match = text.wholeMatch(of: pattern), isDate(String(match.1)) else { return nil }
    return text
  }

  private static func span(_ text: String) -> Int? {
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    guard let last = text.last, let unit = units[last], text.dropLast().utf8.allSatisfy(isDigit),
      let count = Int(text.dropLast()), count <= 100_000_000
    else { return nil }
    return count * unit
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func date(daysSince1970 count: Int) -> (year: Int, month: Int, day: Int) {
    var left = count
    var year = 1970
    while left >= days(ofYear: year) {
      left -= days(ofYear: year)
      year += 1
    }
    var month = 1
    while left >= days(ofMonth: month, year: year) {
      left -= days(ofMonth: month, year: year)
      month += 1
    }
    return (year, month, left + 1)
  }

  private static func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }

  private static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  private static func days(ofYear year: Int) -> Int { isLeap(year) ? 366 : 365 }

  private static func days(ofMonth month: Int, year: Int) -> Int {
    [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }
}
