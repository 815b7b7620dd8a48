/// What keys were last found to be, so that a key that comes again is not folded and looked up again.
///
/// A key of up to 16 bytes is its length and its first and last eight bytes, so what is remembered is exact; longer
/// keys are not remembered. One for each scanner; of two keys with one place the later one stays.
struct KeyMemory: Sendable {
  private struct Entry {
    var ends = KeyEnds.none
    var key: KeySelection.KeyID = -1
  }

  private static let bits: UInt64 = 8
  private var entries = [Entry](repeating: Entry(), count: 1 << bits)

  /// What `selection` says of the key, from memory when it is there; `print` is the key's.
  @inline(__always)
  mutating func find(
    _ name: UnsafePointer<UInt8>, _ ends: KeyEnds, _ print: UInt64, in selection: KeySelection
  ) -> KeySelection.KeyID {
    guard !selection.isEmpty else { return -1 }
    let place = Int(truncatingIfNeeded: print >> (64 - Self.bits))
    if entries[place].ends == ends { return entries[place].key }
    return unsafe learn(name, ends, place, selection)
  }

  @inline(never)
  private mutating func learn(
    _ name: UnsafePointer<UInt8>, _ ends: KeyEnds, _ place: Int, _ selection: KeySelection
  ) -> KeySelection.KeyID {
    let key = unsafe selection.find(name, Int(ends.count))
    if ends.count <= 16 { entries[place] = Entry(ends: ends, key: key) }
    return key
  }
}

/// A key's length and its first and last eight bytes, as two words; of a shorter one they overlap.
struct KeyEnds: Sendable, Equatable {
  let first: UInt64
  let last: UInt64
  let count: Int32

  /// Equal to those of no key.
  static let none = KeyEnds(first: 0, last: 0, count: -1)

  private init(first: UInt64, last: UInt64, count: Int32) {
    (self.first, self.last, self.count) = (first, last, count)
  }

  @inline(__always)
  init(of key: UnsafePointer<UInt8>, _ count: Int) {
    let bytes = unsafe UnsafeRawPointer(key)
    self.count = Int32(truncatingIfNeeded: count)
    if count >= 8 {
      first = unsafe bytes.loadUnaligned(as: UInt64.self)
      last = unsafe bytes.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
    } else if count >= 4 {
      first = unsafe UInt64(bytes.loadUnaligned(as: UInt32.self))
      last = unsafe UInt64(bytes.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self))
    } else if count > 0 {
      first = unsafe UInt64(key[0]) | UInt64(key[count >> 1]) << 8
      last = unsafe UInt64(key[count - 1])
    } else {
      first = 0
      last = 0
    }
  }
}
