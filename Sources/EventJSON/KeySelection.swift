/// A set of keys, prepared so that the scanner can ask about every key of an event at almost no cost.
///
/// A first look at three bytes (the length, the first and the last character) settles nearly every key; only what
/// passes is folded and hashed. Keys are compared folded (``KeyFolding``). Immutable, so any thread may ask.
package struct KeySelection: Sendable {
  /// What a key of the selection is known by: its place in the list that the selection was made from.
  package typealias KeyID = Int32

  package let count: Int
  /// For the first character (its low five bits) of a folded key, which last characters occur.
  private var lastCharacters = [UInt32](repeating: 0, count: 32)
  private var longest = 0
  /// Open addressing by hash; a slot holds an index of `folded`, or -1.
  private var slots: [Int32]
  private var folded: [[UInt8]] = []
  private var identifiers: [KeyID] = []
  /// Kept beside the keys: it is asked for each key of each event.
  private(set) var isEmpty = true

  /// A selection of `keys`; each is found under its index in the array.
  ///
  /// Of two that fold alike the first wins.
  package init(_ keys: [String]) {
    count = keys.count
    var capacity = 16
    while capacity < keys.count * 4 { capacity *= 2 }
    slots = [Int32](repeating: -1, count: capacity)
    for (index, key) in keys.enumerated() {
      insert(Array(KeyFolding.fold(key).utf8), KeyID(index))
    }
  }

  private mutating func insert(_ key: [UInt8], _ identifier: KeyID) {
    guard let first = key.first, let last = key.last else { return }
    var slot = Int(truncatingIfNeeded: hash(of: key)) & (slots.count - 1)
    while slots[slot] >= 0 {
      if folded[Int(slots[slot])] == key { return }
      slot = (slot + 1) & (slots.count - 1)
    }
    isEmpty = false
    slots[slot] = Int32(folded.count)
    folded.append(key)
    identifiers.append(identifier)
    longest = max(longest, key.count)
    lastCharacters[Int(first & 31)] |= 1 << UInt32(last & 31)
  }

  private func hash(of key: [UInt8]) -> UInt64 {
    var hash = KeyHash()
    for byte in key { hash.combine(byte) }
    return hash.value
  }

  /// The key that the `count` bytes at `key` fold to, or -1.
  ///
  /// The bytes are unescaped; see ``EventScanner`` for keys with escapes.
  @inline(__always)
  func find(_ key: UnsafePointer<UInt8>, _ count: Int) -> KeyID {
    guard count > 0, !isEmpty, unsafe mayHold(key[0], key[count - 1]) else { return -1 }
    return unsafe lookUp(key, count)
  }

  @inline(__always)
  private func mayHold(_ first: UInt8, _ last: UInt8) -> Bool {
    if KeyFolding.isSeparator(first) || KeyFolding.isSeparator(last) { return true }
    return lastCharacters[Int(first & 31)] >> UInt32(last & 31) & 1 == 1
  }

  private func lookUp(_ key: UnsafePointer<UInt8>, _ count: Int) -> KeyID {
    var hash = KeyHash()
    var length = 0
    for index in 0..<count where unsafe !KeyFolding.isSeparator(key[index]) {
      unsafe hash.combine(KeyFolding.lowercase(key[index]))
      length += 1
      if length > longest { return -1 }
    }
    var slot = Int(truncatingIfNeeded: hash.value) & (slots.count - 1)
    while slots[slot] >= 0 {
      let candidate = Int(slots[slot])
      if unsafe isEqual(candidate, key, count, length) { return identifiers[candidate] }
      slot = (slot + 1) & (slots.count - 1)
    }
    return -1
  }

  private func isEqual(
    _ candidate: Int, _ key: UnsafePointer<UInt8>, _ count: Int, _ length: Int
  ) -> Bool {
    guard folded[candidate].count == length else { return false }
    var position = 0
    for index in 0..<count where unsafe !KeyFolding.isSeparator(key[index]) {
      guard unsafe folded[candidate][position] == KeyFolding.lowercase(key[index]) else {
        return false
      }
      position += 1
    }
    return true
  }
}

/// FNV-1a, 64 bits: short keys, no secret; the table is small and filled by the operator, not by senders of events.
private struct KeyHash {
  var value: UInt64 = 0xcbf2_9ce4_8422_2325

  @inline(__always)
  mutating func combine(_ byte: UInt8) {
    value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
  }
}
