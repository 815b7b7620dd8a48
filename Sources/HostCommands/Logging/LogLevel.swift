/// How much a line of the log matters.
enum LogLevel: String, CaseIterable, Comparable, Sendable {
  /// What only somebody who looks for a fault wants.
  case debug
  /// What happened, as it should.
  case info
  /// The host goes on; somebody should look.
  case warning
  /// Something does not happen that was asked for, until somebody acts.
  case error

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  static func < (a: LogLevel, b: LogLevel) -> Bool { a.rank < b.rank }
}
