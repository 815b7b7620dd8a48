internal import EventJSON

/// Times as events have them (RFC 3339, a profile of ISO 8601), made numbers.
enum EventTime {
  /// Appends what `value` appends, as a number where it is a text that is a time.
  static func append(
    _ form: TimeForm, to out: inout [UInt8], _ value: (inout [UInt8]) -> ValueKind
  ) -> ValueKind {
    let start = out.count
    let kind = value(&out)
    guard kind == .string, let time = microseconds(out[(start + 1)..<(out.count - 1)]) else {
      return kind
    }
    out.removeSubrange(start...)
    let number =
      switch form {
      case .seconds: floor(time, 1_000_000)
      case .milliseconds: floor(time, 1000)
      case .microseconds: time
      }
    out += Array("\(number)".utf8)
    return .number
  }

  /// Since 1970-01-01T00:00:00Z; nil for what is no `2026-11-25T12:30:00.123Z`, with `+01:00` or without seconds' fraction.
  static func microseconds(_ text: ArraySlice<UInt8>) -> Int64? {
    var reader = DigitReader(text)
    guard let year = reader.digits(4), reader.take("-"), let month = reader.digits(2),
      reader.take("-"), let day = reader.digits(2),
      reader.take("T") || reader.take("t")
        || reader.take(" "), let hour = reader.digits(2), reader.take(":"),
      let minute = reader.digits(2), reader.take(":"), let second = reader.digits(2),
      (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61
    else { return nil }
    let fraction = reader.take(".") ? reader.fraction() : 0
    guard let fraction, let offset = reader.offset(), reader.isAtEnd else { return nil }
    let days = GregorianDay.sinceEpoch(year, month, day)
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset
    return seconds * 1_000_000 + fraction
  }

  private static func floor(_ number: Int64, _ unit: Int64) -> Int64 {
    number / unit - (number % unit < 0 ? 1 : 0)
  }
}

/// Steps over digits and single characters.
private struct DigitReader {
  private let text: ArraySlice<UInt8>
  private var index: Int

  init(_ text: ArraySlice<UInt8>) {
    self.text = text
    index = text.startIndex
  }

  var isAtEnd: Bool { index == text.endIndex }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard index < text.endIndex, text[index] == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  /// A number of exactly that many digits.
  mutating func digits(_ count: Int) -> Int64? {
    guard text.endIndex - index >= count else { return nil }
    var number: Int64 = 0
    for _ in 0..<count {
      guard let digit = digit() else { return nil }
      number = number * 10 + digit
    }
    return number
  }

  /// Microseconds behind the point; nil where no digit follows, and what is finer is dropped.
  mutating func fraction() -> Int64? {
    guard var number = digit() else { return nil }
    var count = 1
    while let next = digit() {
      if count < 6 { number = number * 10 + next }
      count += 1
    }
    while count < 6 {
      number *= 10
      count += 1
    }
    return number
  }

  /// Seconds east of Greenwich.
  mutating func offset() -> Int64? {
    if take("Z") || take("z") { return 0 }
    let isEast = take("+")
    guard isEast || take("-"), let hours = digits(2), take(":") || true, let minutes = digits(2),
      hours < 24, minutes < 60
    else { return nil }
    let seconds = hours * 3600 + minutes * 60
    return isEast ? seconds : -seconds
  }

  private mutating func digit() -> Int64? {
    guard index < text.endIndex, text[index] >= 0x30, text[index] <= 0x39 else { return nil }
    defer { index += 1 }
    return Int64(text[index] - 0x30)
  }
}
