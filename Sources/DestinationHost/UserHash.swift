internal import EventJSON

/// Names a user in eight bytes, for the order of events alone: two users with one name only wait for each other.
///
/// The same in every process, since it is kept with the events in the queues.
enum UserHash {
  /// Of the bytes of the value as they stand in the event, quotes included.
  @inline(__always)
  static func hash(_ event: RawSpan, _ user: FieldValue) -> UInt64 {
    var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
    var offset = user.start
    while offset + 8 <= user.end {
      let word = unsafe event.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
      hash = mix(hash ^ word)
      offset += 8
    }
    while offset < user.end {
      hash = mix(hash ^ UInt64(unsafe event.unsafeLoad(fromByteOffset: offset, as: UInt8.self)))
      offset += 1
    }
    return hash
  }

  @inline(__always)
  private static func mix(_ value: UInt64) -> UInt64 {
    let product = value &* 0xBF58_476D_1CE4_E5B9
    return product ^ product >> 32
  }
}
