internal import EventJSON

/// The value of a `Retry-After` field: seconds, or a date in any of HTTP's three forms (RFC 9110, 5.6.7 and 10.2.3).
enum RetryAfter {
  /// Nothing asks for more than a day in earnest.
  static let longest = Duration.seconds(86_400)

  /// How long to wait from now; nil for a value that is neither.
  static func delay(_ text: String, unixSeconds now: Int64) -> Duration? {
    let text = text.drop { $0 == " " }
    if !text.isEmpty, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) {
      return min(longest, .seconds(Int64(text) ?? .max))
    }
    guard let date = unixSeconds(text) else { return nil }
    return min(longest, .seconds(max(0, date - now)))
  }

  /// `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` or `Sun Nov  6 08:49:37 1994`.
  private static func unixSeconds(_ text: Substring) -> Int64? {
    let words = text.split { $0 == " " || $0 == "-" || $0 == "," }
    switch words.count {
    case 6 where words[5] == "GMT":
      return unixSeconds(year: words[3], month: words[2], day: words[1], time: words[4])
    case 5: return unixSeconds(year: words[4], month: words[1], day: words[2], time: words[3])
    default: return nil
    }
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  private static func unixSeconds(
    year: Substring, month: Substring, day: Substring, time: Substring
  ) -> Int64? {
    let clock = time.split(separator: ":", omittingEmptySubsequences: false).map { Int64($0) }
    guard var year = Int64(year), let day = Int64(day),
      let month = months.firstIndex(of: String(month)), clock.count == 3,
      let hours = clock[0], let minutes = clock[1], let seconds = clock[2],
      (1...31).contains(day), (0...23).contains(hours), (0...59).contains(minutes),
      (0...60).contains(seconds), (0...9999).contains(year)
    else { return nil }
    // Two digits are of the past century where they would else be far ahead.
    if year < 100 { year += year < 70 ? 2000 : 1900 }
    return GregorianDay.sinceEpoch(year, Int64(month) + 1, day) * 86_400
      + hours * 3600 + minutes * 60 + seconds
  }
}
