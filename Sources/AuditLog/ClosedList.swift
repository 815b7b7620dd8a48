/// The values of a closed list by the bytes of their names; a look-up makes no object.
struct ClosedList<Value: RawRepresentable & Sendable>: Sendable where Value.RawValue == String {
  private let names: [[UInt8]]
  private let values: [Value]
  /// Open addressing: an entry's number and one, or 0; at most a quarter is taken.
  private var slots: [UInt16]

  init(_ values: [Value]) {
    self.values = values
    names = values.map { Array($0.rawValue.utf8) }
    slots = Array(repeating: 0, count: 64)
    while slots.count < 4 * values.count { slots += slots }
    for (index, name) in names.enumerated() {
      var slot = unsafe Self.hash(name.span.bytes, name.indices) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = UInt16(index + 1)
    }
  }

  subscript(_ bytes: RawSpan, _ range: Range<Int>) -> Value? {
    var slot = Self.hash(bytes, range) & (slots.count - 1)
    while slots[slot] != 0 {
      let name = names[Int(slots[slot] - 1)]
      if unsafe bytes.equal(range, name.span.bytes) { return values[Int(slots[slot] - 1)] }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  private static func hash(_ bytes: RawSpan, _ range: Range<Int>) -> Int {
    var hash = UInt64(truncatingIfNeeded: range.count)
    var offset = range.lowerBound
    while range.upperBound - offset >= 8 {
      hash = (hash ^ EightBytes(bytes, at: offset).word) &* 0x9E37_79B9_7F4A_7C15
      hash ^= hash >> 29
      offset += 8
    }
    while offset < range.upperBound {
      hash = (hash ^ UInt64(bytes[offset])) &* 0x9E37_79B9_7F4A_7C15
      offset += 1
    }
    return Int(truncatingIfNeeded: hash >> 33)
  }
}
