/// Times of events: ISO 8601 as Segment's libraries write it (RFC 3339 with leniency in nothing but the fraction's length).
package enum EventTime {
  /// Milliseconds since 1970 in UTC, finer digits cut; nil for what is no time of the years 0000 to 9999.
  ///
  /// - Parameter text: `2026-11-23T22:44:24.123Z`, an offset such as `+01:00` in place of `Z`, any digits of fraction.
  package static func milliseconds(_ text: RawSpan) -> Int64? {
    guard let microseconds = microseconds(text) else { return nil }
    return microseconds.quotientAndRemainder(floor: 1_000).quotient
  }

  /// The same in microseconds.
  package static func microseconds(_ text: RawSpan) -> Int64? {
    guard text.byteCount <= 64 else { return nil }
    var reader = TimeReader(text)
    guard let year = reader.digits(4), reader.take("-"), let month = reader.digits(2),
      reader.take("-"), let day = reader.digits(2), reader.take("T") || reader.take("t"),
      let hour = reader.digits(2), reader.take(":"), let minute = reader.digits(2),
      reader.take(":"), let second = reader.digits(2),
      (1...12).contains(month), (1...days(of: month, year)).contains(day), hour <= 23,
      minute <= 59, second <= 60,
      let fraction = reader.fraction(), let offset = reader.offset(), reader.isAtEnd
    else { return nil }
    let days = GregorianDay.sinceEpoch(year, month, day)
    let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offset * 60
    guard span.contains(seconds * 1_000) else { return nil }
    return seconds * 1_000_000 + fraction
  }

  /// `2026-11-23T22:44:24.123Z`.
  ///
  /// - Parameter milliseconds: since 1970, within the years 0000 to 9999.
  package static func text(_ milliseconds: Int64) -> [UInt8] {
    let (days, rest) = milliseconds.quotientAndRemainder(floor: 86_400_000)
    let (year, month, day) = GregorianDay.date(sinceEpoch: days)
    var out: [UInt8] = []
    out.reserveCapacity(24)
    append(year, 4, "-", &out)
    append(month, 2, "-", &out)
    append(day, 2, "T", &out)
    append(rest / 3_600_000, 2, ":", &out)
    append(rest / 60_000 % 60, 2, ":", &out)
    append(rest / 1_000 % 60, 2, ".", &out)
    append(rest % 1_000, 3, "Z", &out)
    return out
  }

  /// The years 0000 to 9999.
  package static let span: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

  private static func append(
    _ number: Int64, _ width: Int, _ end: Unicode.Scalar, _ out: inout [UInt8]
  ) {
    var power: Int64 = 1
    for _ in 1..<width { power *= 10 }
    while power > 0 {
      out.append(UInt8(48 + number / power % 10))
      power /= 10
    }
    out.append(UInt8(ascii: end))
  }
}

extension EventTime {
  private static func days(of month: Int64, _ year: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension Int64 {
  /// As `quotientAndRemainder`, with a remainder that is never negative.
  package func quotientAndRemainder(
    floor divisor: Int64
  ) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}

/// Takes a time's parts from its text.
private struct TimeReader {
  private let text: [UInt8]
  private var index = 0

  init(_ text: RawSpan) { self.text = unsafe text.withUnsafeBytes { unsafe Array($0) } }

  var isAtEnd: Bool { index == text.count }

  private var next: UInt8? { index < text.count ? text[index] : nil }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  mutating func digit() -> Int64? {
    guard let next, next &- 48 < 10 else { return nil }
    index += 1
    return Int64(next - 48)
  }

  mutating func digits(_ count: Int) -> Int64? {
    var number: Int64 = 0
    for _ in 0..<count {
      guard let digit = digit() else { return nil }
      number = number * 10 + digit
    }
    return number
  }

  /// Microseconds; finer digits are cut.
  mutating func fraction() -> Int64? {
    guard take(".") else { return 0 }
    guard var number = digit() else { return nil }
    var count = 1
    while let digit = digit() {
      if count < 6 { number = number * 10 + digit }
      count += 1
    }
    while count < 6 {
      number *= 10
      count += 1
    }
    return number
  }

  /// Minutes east of UTC.
  mutating func offset() -> Int64? {
    if take("Z") || take("z") { return 0 }
    let isEast = take("+")
    guard isEast || take("-"), let hours = digits(2), take(":"), let minutes = digits(2),
      hours <= 23, minutes <= 59
    else { return nil }
    return (isEast ? 1 : -1) * (hours * 60 + minutes)
  }
}
