/// How near two keys are: the Sørensen–Dice coefficient over the bigrams of their bytes, folded.
///
/// Twice the bigrams they share, counted with their repetitions, over the bigrams of both: 1 for equal keys, 0 for
/// keys without a bigram in common. A key of one byte has no bigram and is near no key but itself.
package enum Similarity {
  /// Two keys are similar when their coefficient is greater than this.
  package static let threshold = 0.7

  package static func coefficient(_ a: String, _ b: String) -> Double {
    guard a != b else { return 1 }
    let (first, second) = (bigrams(of: a), bigrams(of: b))
    let total = first.count + second.count
    guard total > 0 else { return 0 }
    var left = Dictionary(first.map { ($0, 1) }, uniquingKeysWith: +)
    var shared = 0
    for bigram in second where left[bigram, default: 0] > 0 {
      left[bigram, default: 0] -= 1
      shared += 1
    }
    return Double(2 * shared) / Double(total)
  }

  private static func bigrams(of key: String) -> [UInt16] {
    zip(key.utf8, key.utf8.dropFirst()).map { UInt16($0) << 8 | UInt16($1) }
  }
}
