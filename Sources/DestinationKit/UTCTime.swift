internal import EventJSON

/// A moment by the calendar, in UTC.
public struct UTCTime: Sendable, Equatable {
  /// Of the Gregorian calendar.
  public let year: Int
  /// From 1.
  public let month: Int
  /// From 1.
  public let day: Int
  /// From 0 to 23.
  public let hour: Int
  /// From 0 to 59.
  public let minute: Int
  /// From 0 to 59.
  public let second: Int
  /// From 0 to 999.
  public let millisecond: Int

  /// From nanoseconds since 1970-01-01T00:00:00Z, as ``AdapterHost/unixNanoseconds``.
  public init(unixNanoseconds: Int64) {
    let milliseconds = unixNanoseconds / 1_000_000 - (unixNanoseconds % 1_000_000 < 0 ? 1 : 0)
    let (days, rest) = milliseconds.quotientAndRemainder(floor: 86_400_000)
    let date = GregorianDay.date(sinceEpoch: days)
    (year, month, day) = (Int(date.year), Int(date.month), Int(date.day))
    hour = Int(rest / 3_600_000)
    minute = Int(rest / 60_000 % 60)
    second = Int(rest / 1000 % 60)
    millisecond = Int(rest % 1000)
  }

  /// `2026-11-25T12:30:00.123Z`.
  public var text: String {
    "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))T"
      + "\(Self.padded(hour, 2)):\(Self.padded(minute, 2)):\(Self.padded(second, 2))"
      + ".\(Self.padded(millisecond, 3))Z"
  }

  /// `20261125T123000Z`, as AWS dates a request.
  public var basicText: String {
    "\(basicDate)T\(Self.padded(hour, 2))\(Self.padded(minute, 2))\(Self.padded(second, 2))Z"
  }

  /// `20261125`.
  public var basicDate: String {
    Self.padded(year, 4) + Self.padded(month, 2) + Self.padded(day, 2)
  }

  static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
