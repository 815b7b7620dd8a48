/// What a review of the log looks at: who did what how often, what was denied, what was done out of hours.
///
/// The procedure that 45 CFR 164.308(a)(1)(ii)(D) asks for reads this table.
package struct AuditReview: Sendable {
  package struct Line: Sendable, Equatable {
    package let actor: String
    package let type: AuditEventType
    package var count = 0
    package var failed = 0
    package var denied = 0
    package var outOfHours = 0
    /// Of the newest record.
    package var last = ""
  }

  private struct Key: Hashable {
    let actor: String
    let type: AuditEventType
  }

  private let hours: WorkingHours
  private var found: [Key: Line] = [:]

  package init(hours: WorkingHours = WorkingHours()) { self.hours = hours }

  /// Counts a record; intents are not counted, as their outcome is.
  package mutating func note(_ record: AuditRecord) {
    guard record.outcome != .intent else { return }
    let key = Key(actor: record.actor, type: record.type)
    var line = found[key] ?? Line(actor: record.actor, type: record.type)
    line.count += 1
    line.failed += record.outcome == .failed ? 1 : 0
    line.denied += record.outcome == .denied ? 1 : 0
    line.outOfHours += hours.contain(record.timestamp) ? 0 : 1
    line.last = max(line.last, record.timestamp)
    found[key] = line
  }

  /// By actor, then by type.
  package var lines: [Line] {
    found.values.sorted { ($0.actor, $0.type.rawValue) < ($1.actor, $1.type.rawValue) }
  }
}

/// When people work: hours of Monday to Friday.
package struct WorkingHours: Sendable, Equatable {
  /// From this hour on, and before that one.
  package var from: Int
  package var to: Int
  /// East of Greenwich.
  package var offsetMinutes: Int

  package init(from: Int = 7, to: Int = 19, offsetMinutes: Int = 0) {
    self.from = from
    self.to = to
    self.offsetMinutes = offsetMinutes
  }

  /// Whether a record's time is within them.
  func contain(_ timestamp: String) -> Bool {
    let digits = timestamp.utf8.compactMap { $0 &- 0x30 < 10 ? Int($0) - 0x30 : nil }
    guard digits.count >= 12 else { return false }
    let number = { (range: Range<Int>) in digits[range].reduce(0) { $0 * 10 + $1 } }
    let minutes =
      days(year: number(0..<4), month: number(4..<6), day: number(6..<8)) * 1440
      + number(8..<10) * 60 + number(10..<12) + offsetMinutes
    let day = (minutes / 1440 + 3) % 7
    return day < 5 && (from..<to).contains(minutes % 1440 / 60)
  }

  /// Since 1970-01-01, a Thursday.
  private func days(year: Int, month: Int, day: Int) -> Int {
    let year = month < 3 ? year - 1 : year
    let month = month < 3 ? month + 9 : month - 3
    return 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 719_469
  }
}
