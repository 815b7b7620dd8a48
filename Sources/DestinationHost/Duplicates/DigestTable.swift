/// Digests, each with the number of the generation in which it came; a slot takes 18 bytes.
///
/// Open addressing, in 64 parts by the digest's highest bits. A part is built anew when it is seven eighths full,
/// without what has expired, and then is three quarters full: so no step takes long, and beside the whole only one
/// part is ever there twice. Used by one thread.
struct DigestTable {
  /// The generations that count: a digest of another is as good as none; never 0, which marks a free slot.
  var live: ClosedRange<UInt16>

  private var parts = [Part](repeating: Part(capacity: 64), count: 64)
  /// What ``look(for:)`` read last, so that it does read.
  private var seen: UInt64 = 0

  init(live: ClosedRange<UInt16>) { self.live = live }

  /// Brings the slots of digests that come next near the processor: one after another, each insertion would wait for
  /// memory alone.
  mutating func look(for digests: ArraySlice<MessageDigest?>) {
    for case let digest? in digests { seen &+= parts[digest.part].word(of: digest) }
  }

  /// Adds it, unless it is there already: then false.
  mutating func insert(_ digest: MessageDigest, generation: UInt16) -> Bool {
    let part = digest.part
    if parts[part].isFull { parts[part].rebuild(live) }
    return parts[part].insert(digest, generation, live)
  }

  /// Makes the first of the live generations number 1; they are without gaps.
  mutating func renumber() {
    let first = live.lowerBound
    for part in parts.indices {
      parts[part].rebuild(live)
      parts[part].subtract(first - 1)
    }
    live = 1...(live.upperBound - first + 1)
  }

  /// In bytes.
  var size: Int { parts.reduce(0) { $0 + $1.generations.count * 18 } }

  private struct Part {
    var words: [UInt64]
    /// Of each slot; 0 for one that was never taken.
    var generations: [UInt16]
    /// Slots that are taken, those of expired digests too.
    private var taken = 0

    init(capacity: Int) {
      words = [UInt64](repeating: 0, count: 2 * capacity)
      generations = [UInt16](repeating: 0, count: capacity)
    }

    var isFull: Bool { taken * 8 >= generations.count * 7 }

    private func firstSlot(of digest: MessageDigest) -> Int {
      Int(digest.low.multipliedFullWidth(by: UInt64(generations.count)).high)
    }

    /// What stands in the slot where the search for it begins.
    func word(of digest: MessageDigest) -> UInt64 {
      let slot = firstSlot(of: digest)
      return words[2 * slot] &+ UInt64(generations[slot])
    }

    mutating func insert(
      _ digest: MessageDigest, _ generation: UInt16, _ live: ClosedRange<UInt16>
    ) -> Bool {
      let capacity = generations.count
      var slot = firstSlot(of: digest)
      var free: Int?
      while generations[slot] != 0 {
        if words[2 * slot] == digest.high, words[2 * slot + 1] == digest.low {
          if live.contains(generations[slot]) { return false }
          // Its own place from before.
          generations[slot] = generation
          return true
        }
        if free == nil, !live.contains(generations[slot]) { free = slot }
        slot = slot + 1 == capacity ? 0 : slot + 1
      }
      if free == nil { taken += 1 }
      place(digest, generation, in: free ?? slot)
      return true
    }

    private mutating func place(_ digest: MessageDigest, _ generation: UInt16, in slot: Int) {
      words[2 * slot] = digest.high
      words[2 * slot + 1] = digest.low
      generations[slot] = generation
    }

    mutating func subtract(_ difference: UInt16) {
      for slot in generations.indices where generations[slot] != 0 {
        generations[slot] -= difference
      }
    }

    mutating func rebuild(_ live: ClosedRange<UInt16>) {
      let kept = generations.count { live.contains($0) }
      var new = Part(capacity: max(64, kept / 3 * 4 + 4))
      for slot in generations.indices where live.contains(generations[slot]) {
        let digest = MessageDigest(high: words[2 * slot], low: words[2 * slot + 1])
        _ = new.insert(digest, generations[slot], live)
      }
      self = new
    }
  }
}

extension MessageDigest {
  /// Which part of the table it is in.
  fileprivate var part: Int { Int(high >> 58) }
}
