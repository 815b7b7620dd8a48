/// A hash of a key where it stands, to tell events with other keys apart at the cost of two loads.
///
/// It looks at the key's length and its first and last eight bytes: all of a key of up to 16 bytes. The seed is the
/// process's own, so that nobody who sends events can make two keys alike.
struct KeyPrint: Sendable {
  private let seed = UInt64.random(in: .min ... .max)

  /// The key's print at this depth of this section; the prints of an event's keys are added up.
  @inline(__always)
  func of(_ key: UnsafePointer<UInt8>, _ count: Int, depth: Int, in section: EventField) -> UInt64 {
    let (first, last) = unsafe ends(of: key, count)
    let place = UInt64(truncatingIfNeeded: count << 16 | depth << 4 | Int(section.rawValue))
    var mixed = (first ^ seed) &* 0x9E37_79B9_7F4A_7C15
    mixed = (mixed ^ (mixed >> 32) ^ last) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 29) ^ place) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// The first and the last bytes as two words; of a short key they overlap or are zero beyond it.
  @inline(__always)
  private func ends(of key: UnsafePointer<UInt8>, _ count: Int) -> (UInt64, UInt64) {
    let bytes = unsafe UnsafeRawPointer(key)
    if count >= 8 {
      return unsafe (
        bytes.loadUnaligned(as: UInt64.self),
        bytes.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
      )
    }
    if count >= 4 {
      return unsafe (
        UInt64(bytes.loadUnaligned(as: UInt32.self)),
        UInt64(bytes.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self))
      )
    }
    guard count > 0 else { return (0, 0) }
    return unsafe (
      UInt64(key[0]) | UInt64(key[count >> 1]) << 8, UInt64(key[count - 1])
    )
  }

  /// The print of a text, such as an event's name.
  @inline(__always)
  func of(_ text: RawSpan) -> UInt64 {
    var print = UInt64(truncatingIfNeeded: text.byteCount) ^ seed
    var offset = 0
    while offset + 8 <= text.byteCount {
      let word = unsafe text.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
      print = (print ^ word) &* 0x9E37_79B9_7F4A_7C15
      print ^= print >> 32
      offset += 8
    }
    while offset < text.byteCount {
      print = (print ^ UInt64(text.byte(offset))) &* 0xBF58_476D_1CE4_E5B9
      print ^= print >> 32
      offset += 1
    }
    return print
  }
}
