/// Times of events: ISO 8601 as Segment's libraries write it (RFC 3339 with leniency in nothing but the fraction's length).
package enum EventTime {
  /// Milliseconds since 1970 in UTC; nil for what is no time of the years 0000 to 9999.
  ///
  /// - Parameter text: `2026-11-23T22:44:24.123Z`, an offset such as `+01:00` in place of `Z`, any digits of fraction.
  package static func milliseconds(_ text: RawSpan) -> Int64? {
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
    let seconds = dayNumber(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second
    let time = Int64(seconds - offset * 60) * 1_000 + Int64(fraction)
    return span.contains(time) ? time : nil
  }

  /// `2026-11-23T22:44:24.123Z`.
  ///
  /// - Parameter milliseconds: since 1970, within the years 0000 to 9999.
  package static func text(_ milliseconds: Int64) -> [UInt8] {
    let (days, rest) = Int(milliseconds).quotientAndRemainder(floor: 86_400_000)
    let (year, month, day) = date(days)
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
    _ number: Int, _ width: Int, _ end: Unicode.Scalar, _ out: inout [UInt8]
  ) {
    var power = 1
    for _ in 1..<width { power *= 10 }
    while power > 0 {
      out.append(UInt8(48 + number / power % 10))
      power /= 10
    }
    out.append(UInt8(ascii: end))
  }
}

// MARK: - The Gregorian calendar

extension EventTime {
  private static func days(of month: Int, _ year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days since 1970-01-01, counted in eras of 400 years that begin in March.
  private static func dayNumber(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let (era, yearOfEra) = year.quotientAndRemainder(floor: 400)
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func date(_ number: Int) -> (year: Int, month: Int, day: Int) {
    let (era, dayOfEra) = (number + 719_468).quotientAndRemainder(floor: 146_097)
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (
      era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1
    )
  }
}

extension Int {
  /// As `quotientAndRemainder`, with a remainder that is never negative.
  fileprivate func quotientAndRemainder(floor divisor: Int) -> (quotient: Int, remainder: Int) {
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

  mutating func digit() -> Int? {
    guard let next, next &- 48 < 10 else { return nil }
    index += 1
    return Int(next - 48)
  }

  mutating func digits(_ count: Int) -> Int? {
    var number = 0
    for _ in 0..<count {
      guard let digit = digit() else { return nil }
      number = number * 10 + digit
    }
    return number
  }

  /// Milliseconds; finer digits are cut.
  mutating func fraction() -> Int? {
    guard take(".") else { return 0 }
    guard var number = digit() else { return nil }
    var count = 1
    while let digit = digit() {
      if count < 3 { number = number * 10 + digit }
      count += 1
    }
    while count < 3 {
      number *= 10
      count += 1
    }
    return number
  }

  /// Minutes east of UTC.
  mutating func offset() -> Int? {
    if take("Z") || take("z") { return 0 }
    let isEast = take("+")
    guard isEast || take("-"), let hours = digits(2), take(":"), let minutes = digits(2),
      hours <= 23, minutes <= 59
    else { return nil }
    return (isEast ? 1 : -1) * (hours * 60 + minutes)
  }
}
