internal import Glibc

/// The time as the field Date has it (RFC 9110, section 5.6.7), written once a second.
struct HTTPDate {
  private var second: time_t = 0
  private var written = ""

  var text: String {
    mutating get {
      let now = time(nil)
      if now != second { (second, written) = (now, HTTPDate.text(now)) }
      return written
    }
  }

  static func text(_ second: time_t) -> String {
    var second = second
    var parts = unsafe tm()
    unsafe gmtime_r(&second, &parts)
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let time = unsafe "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
    let month = unsafe months[Int(parts.tm_mon)]
    let date = unsafe "\(two(parts.tm_mday)) \(month) \(parts.tm_year + 1900)"
    return unsafe "\(days[Int(parts.tm_wday)]), \(date) \(time) GMT"
  }
}
