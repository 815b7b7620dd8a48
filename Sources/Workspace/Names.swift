internal import Cryptography
internal import Glibc

/// What may be a name in a workspace, and new names.
package enum Names {
  /// 1 to 64 of `a-z 0-9 -`, the first a letter or digit: safe as a file name.
  package static func isDestinationID(_ id: String) -> Bool {
    (1...64).contains(id.utf8.count) && !id.hasPrefix("-")
      && id.utf8.allSatisfy { isLowerOrDigit($0) || $0 == UInt8(ascii: "-") }
  }

  package static func isSourceID(_ id: String) -> Bool { isDestinationID(id) }

  /// 1 to 64 of `a-z 0-9 _`, the first a letter.
  package static func isSettingName(_ name: String) -> Bool {
    guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
    else { return false }
    return name.utf8.count <= 64 && first != UInt8(ascii: "_")
      && name.utf8.allSatisfy { isLowerOrDigit($0) || $0 == UInt8(ascii: "_") }
  }

  /// 1 to 64 of `A-Z a-z 0-9 . - + _`, the first a letter or digit: safe as a folder name.
  package static func isVersion(_ version: String) -> Bool {
    guard let first = version.utf8.first, (1...64).contains(version.utf8.count) else {
      return false
    }
    let others: [UInt8] = [
      UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "_"),
    ]
    return !others.contains(first)
      && version.utf8.allSatisfy { isLowerOrDigit($0 | 0x20) || others.contains($0) }
  }

  /// A file name without a folder, of printable ASCII, not starting with a dot.
  package static func isFileName(_ name: String) -> Bool {
    (1...128).contains(name.utf8.count) && !name.hasPrefix(".")
      && name.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "/") }
  }

  /// `usr_` and 20 lower-case hexadecimal digits.
  static func isUserID(_ id: String) -> Bool {
    id.hasPrefix("usr_") && isHexadecimal(String(id.dropFirst(4)), 20)
  }

  /// 12 lower-case hexadecimal digits.
  static func isTokenID(_ id: String) -> Bool { isHexadecimal(id, 12) }

  private static func isHexadecimal(_ text: String, _ count: Int) -> Bool {
    text.utf8.count == count && text.utf8.allSatisfy("0123456789abcdef".utf8.contains)
  }

  /// That many lower-case hexadecimal digits from the system's generator.
  static func random(_ digits: Int) -> String {
    let bytes = SecureRandom.bytes((digits + 1) / 2)
    let hexadecimal = bytes.map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    return String(hexadecimal.joined().prefix(digits))
  }

  private static func isLowerOrDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}

/// The present time as RFC 3339 in UTC, to the second.
package enum Timestamp {
  package static var now: String { text(secondsNow) }

  /// Since 1970.
  package static var secondsNow: Int { time(nil) }

  /// Of so many seconds since 1970.
  package static func text(_ time: Int) -> String {
    var seconds = time
    var parts = unsafe tm()
    unsafe gmtime_r(&seconds, &parts)
    return unsafe [
      digits(parts.tm_year + 1900, 4), "-", digits(parts.tm_mon + 1, 2), "-",
      digits(parts.tm_mday, 2), "T", digits(parts.tm_hour, 2), ":", digits(parts.tm_min, 2), ":",
      digits(parts.tm_sec, 2), "Z",
    ].joined()
  }

  /// Since 1970, of a time as ``text(_:)`` writes it; nil for any other text.
  static func seconds(_ text: String) -> Int? {
    let numbers = text.split { !("0"..."9").contains($0) }.compactMap { Int32($0) }
    guard numbers.count == 6, let year = numbers.first, year >= 1970 else { return nil }
    var parts = unsafe tm()
    unsafe (parts.tm_year, parts.tm_mon, parts.tm_mday) = (year - 1900, numbers[1] - 1, numbers[2])
    unsafe (parts.tm_hour, parts.tm_min, parts.tm_sec) = (numbers[3], numbers[4], numbers[5])
    let seconds = unsafe timegm(&parts)
    return self.text(seconds) == text ? seconds : nil
  }

  /// Since 1970.
  package static var nanoseconds: Int64 {
    var now = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &now)
    return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
  }

  private static func digits(_ number: Int32, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }
}
