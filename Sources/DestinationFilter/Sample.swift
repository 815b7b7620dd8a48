/// Decides who is in a sample of some percent: the same at every host, at every attempt, and for every destination.
///
/// An id is in when its hash, taken as a number from 0 to 1, is below the percentage. So a smaller sample lies within
/// a larger one, and two samples of half each leave half, not a quarter. The hash is FNV-1a of the id's bytes (64
/// bits) and the last step of MurmurHash3 over it; it is no secret, and a sender that makes up its ids chooses.
package struct Sample: Sendable {
  private let limit: Double

  package init(percent: Double) { limit = percent / 100 }

  /// - Parameter identifier: the text of the id, its escapes read; of a number, its digits.
  package func holds(_ identifier: some Sequence<UInt8>) -> Bool {
    Double(Self.hash(identifier) >> 11) * 0x1p-53 < limit
  }

  /// FNV-1a (Fowler, Noll, Vo), then MurmurHash3's finalizer (Appleby), as FNV's high bits hardly move for short ids.
  package static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    hash = (hash ^ (hash >> 33)) &* 0xff51_afd7_ed55_8ccd
    hash = (hash ^ (hash >> 33)) &* 0xc4ce_b9fe_1a85_ec53
    return hash ^ (hash >> 33)
  }
}
