internal import Glibc

/// Times in the log: UTC with microseconds, of one length, so that their order is that of their text.
enum AuditTime {
  /// The present, or `last` when the clock was set back: times in the log never go back.
  static func now(notBefore last: String) -> String { max(now(daysAgo: 0), last) }

  static func now(daysAgo days: Int) -> String {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    time.tv_sec -= 86_400 * days
    var parts = unsafe tm()
    unsafe gmtime_r(&time.tv_sec, &parts)
    return
      unsafe pad(parts.tm_year + 1900, 4) + "-" + pad(parts.tm_mon + 1, 2) + "-"
      + pad(parts.tm_mday, 2) + "T" + pad(parts.tm_hour, 2) + ":" + pad(parts.tm_min, 2) + ":"
      + pad(parts.tm_sec, 2) + "." + pad(Int32(time.tv_nsec / 1000), 6) + "Z"
  }

  /// Whether the bytes have the form of a time.
  static func isOne(_ bytes: RawSpan, _ range: Range<Int>) -> Bool {
    guard range.count == pattern.count else { return false }
    for (index, wanted) in pattern.enumerated() {
      let byte = bytes[range.lowerBound + index]
      guard wanted == UInt8(ascii: "d") ? byte &- UInt8(ascii: "0") < 10 : byte == wanted else {
        return false
      }
    }
    return true
  }

  private static let pattern = Array("dddd-dd-ddTdd:dd:dd.ddddddZ".utf8)

  private static func pad(_ number: Int32, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
