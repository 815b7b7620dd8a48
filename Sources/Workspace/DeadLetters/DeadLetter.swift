/// An event that was not delivered, and why.
package struct DeadLetter: Sendable, Equatable {
  /// The event's JSON exactly as it was received.
  package var event: [UInt8]
  /// A short stable code, `encryption_value_too_long`; at most 65,535 bytes, as is the detail.
  package var reason: String
  /// A sentence for people, without any value of the event.
  package var detail: String
  /// Nanoseconds since 1970 in UTC.
  package var receivedUnixNanoseconds: Int64

  package init(
    event: [UInt8], reason: String, detail: String, receivedUnixNanoseconds: Int64
  ) {
    self.event = event
    self.reason = reason
    self.detail = detail
    self.receivedUnixNanoseconds = receivedUnixNanoseconds
  }

  /// Time, length and bytes of the reason, length and bytes of the detail, the event: little-endian.
  func append(to bytes: inout [UInt8]) {
    Self.append(UInt64(bitPattern: receivedUnixNanoseconds), 8, to: &bytes)
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
    guard let time = Self.number(8, from: &rest) else { return nil }
    receivedUnixNanoseconds = Int64(bitPattern: time)
    guard let reason = Self.text(from: &rest), let detail = Self.text(from: &rest) else {
      return nil
    }
    self.reason = reason
    self.detail = detail
    event = Array(rest)
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
