/// An event that was not delivered, or a line that was no event, and why.
package struct DeadLetter: Sendable, Equatable {
  /// What the bytes of a letter are.
  package enum Form: UInt8, Sendable {
    /// The event as it was accepted: to be filtered and sealed before it can be sent.
    case accepted = 1
    /// The event as its destination was to get it, its fields encrypted.
    case sealed
    /// A line that is no event.
    case line
  }

  /// One attempt to deliver it.
  package struct Attempt: Sendable, Equatable {
    /// Nanoseconds since 1970 in UTC.
    package var unixNanoseconds: Int64
    /// What the destination answered, HTTP's status for one; 0 when it gave none.
    package var remoteCode: UInt32

    package init(unixNanoseconds: Int64, remoteCode: UInt32) {
      self.unixNanoseconds = unixNanoseconds
      self.remoteCode = remoteCode
    }
  }

  /// 16 hexadecimal digits, given when it is made: what the commands call it.
  package let id: String
  package var form: Form
  /// The bytes; see ``form``.
  package var event: [UInt8]
  /// A short stable code, `encryption_value_too_long`; at most 65,535 bytes, as is the detail.
  package var reason: String
  /// A sentence for people, without any value of the event.
  package var detail: String
  /// Nanoseconds since 1970 in UTC.
  package var receivedUnixNanoseconds: Int64
  /// When it became a letter.
  package var buriedUnixNanoseconds: Int64
  /// How often it was sent.
  package var attempts: UInt32
  /// The last attempts, the oldest first; at most ``longestHistory``.
  package var history: [Attempt]
  /// Of a line, counted from 1; 0 for an event.
  package var line: UInt64

  /// The most attempts that a letter tells one by one.
  package static let longestHistory = 32

  package init(
    event: [UInt8], form: Form = .accepted, reason: String, detail: String,
    receivedUnixNanoseconds: Int64, attempts: UInt32 = 0, history: [Attempt] = [], line: UInt64 = 0
  ) {
    id = Names.random(16)
    self.form = form
    self.event = event
    self.reason = reason
    self.detail = detail
    self.receivedUnixNanoseconds = receivedUnixNanoseconds
    buriedUnixNanoseconds = Timestamp.nanoseconds
    self.attempts = attempts
    self.history = history.suffix(Self.longestHistory)
    self.line = line
  }

  /// What the destination answered last; 0 when it gave nothing.
  package var remoteCode: UInt32 { history.last?.remoteCode ?? 0 }
}

// MARK: - In a record

extension DeadLetter {
  /// In this order, numbers little-endian: the id (8 bytes), the form (1), when it was received (8) and buried (8), the
  /// line (8), attempts (4), how many of them follow (1), each with its time (8) and code (4), the reason and the
  /// detail with their lengths (2) before them, and the event to the end.
  func append(to bytes: inout [UInt8]) {
    Self.append(UInt64(id, radix: 16) ?? 0, 8, to: &bytes)
    bytes.append(form.rawValue)
    Self.append(UInt64(bitPattern: receivedUnixNanoseconds), 8, to: &bytes)
    Self.append(UInt64(bitPattern: buriedUnixNanoseconds), 8, to: &bytes)
    Self.append(line, 8, to: &bytes)
    Self.append(UInt64(attempts), 4, to: &bytes)
    bytes.append(UInt8(history.count))
    for attempt in history {
      Self.append(UInt64(bitPattern: attempt.unixNanoseconds), 8, to: &bytes)
      Self.append(UInt64(attempt.remoteCode), 4, to: &bytes)
    }
    for text in [reason, detail] {
      let utf8 = Array(text.utf8.prefix(Int(UInt16.max)))
      Self.append(UInt64(utf8.count), 2, to: &bytes)
      bytes += utf8
    }
    bytes += event
  }

  /// Nil when the bytes are not what ``append(to:)`` writes.
  init?(_ bytes: [UInt8]) {
    var rest = bytes[...]
    guard let id = Self.number(8, from: &rest), let code = rest.popFirst(),
      let form = Form(rawValue: code), let received = Self.number(8, from: &rest),
      let buried = Self.number(8, from: &rest), let line = Self.number(8, from: &rest),
      let attempts = Self.number(4, from: &rest), let count = rest.popFirst(),
      let history = Self.history(Int(count), from: &rest), let reason = Self.text(from: &rest),
      let detail = Self.text(from: &rest)
    else { return nil }
    let digits = String(id, radix: 16)
    self.id = String(repeating: "0", count: 16 - digits.count) + digits
    self.form = form
    self.line = line
    self.attempts = UInt32(attempts)
    self.history = history
    self.reason = reason
    self.detail = detail
    receivedUnixNanoseconds = Int64(bitPattern: received)
    buriedUnixNanoseconds = Int64(bitPattern: buried)
    event = Array(rest)
  }

  private static func history(_ count: Int, from bytes: inout ArraySlice<UInt8>) -> [Attempt]? {
    var history: [Attempt] = []
    for _ in 0..<count {
      guard let time = number(8, from: &bytes), let code = number(4, from: &bytes) else {
        return nil
      }
      history.append(
        Attempt(unixNanoseconds: Int64(bitPattern: time), remoteCode: UInt32(code)))
    }
    return history
  }

  static func append(_ number: UInt64, _ count: Int, to bytes: inout [UInt8]) {
    for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: number >> (8 * index))) }
  }

  static func number(_ count: Int, from bytes: inout ArraySlice<UInt8>) -> UInt64? {
    guard bytes.count >= count else { return nil }
    let number = bytes.prefix(count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    bytes.removeFirst(count)
    return number
  }

  private static func text(from bytes: inout ArraySlice<UInt8>) -> String? {
    guard let count = number(2, from: &bytes), bytes.count >= Int(count) else { return nil }
    defer { bytes.removeFirst(Int(count)) }
    return String(decoding: bytes.prefix(Int(count)), as: UTF8.self)
  }
}
