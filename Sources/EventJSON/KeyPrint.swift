/// A hash of a key where it stands, to tell events with other keys apart at the cost of two loads.
///
/// It looks at the key's length and its first and last eight bytes: all of a key of up to 16 bytes. The seed is the
/// process's own, so that nobody who sends events can make two keys alike.
struct KeyPrint: Sendable {
  private let seed = UInt64.random(in: .min ... .max)

  /// The key's print, wherever it stands.
  @inline(__always)
  func of(_ key: KeyEnds) -> UInt64 {
    let mixed = (key.first ^ seed) &* 0x9E37_79B9_7F4A_7C15
    return (mixed ^ (mixed >> 32) ^ key.last) &* 0xBF58_476D_1CE4_E5B9
  }

  /// A key's print at this depth of this section; those of an event's keys are added up.
  @inline(__always)
  func of(_ key: KeyEnds, _ print: UInt64, depth: Int, in section: EventField) -> UInt64 {
    let place = UInt64(
      truncatingIfNeeded: Int(key.count) << 16 | depth << 4 | Int(section.rawValue))
    let mixed = (print ^ (print >> 29) ^ place) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
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
