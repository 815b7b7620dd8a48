/// Finds what a misspelt word was meant to be.
enum Suggestion {
  /// The nearest candidate, when it is near enough to be worth offering; the first of equals.
  static func nearest(to word: String, among candidates: [String]) -> String? {
    guard word.count <= 64 else { return nil }
    let ranked = candidates.map { (candidate: $0, distance: distance($0, word)) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
    if best.distance <= allowed(for: word) { return best.candidate }
    let begun = candidates.filter { word.count >= 3 && $0.hasPrefix(word) }
    return begun.count == 1 ? begun[0] : nil
  }

  /// One slip in a short word, three at most in a long one.
  private static func allowed(for word: String) -> Int {
    let letters = word.drop { $0 == "-" }.count
    return min(3, max(1, letters / 3))
  }

  /// Insertions, deletions, substitutions and swaps of neighbours: Damerau–Levenshtein distance in
  /// its restricted form (optimal string alignment), upper and lower case being equal.
  static func distance(_ left: String, _ right: String) -> Int {
    let left = Array(left.lowercased())
    let right = Array(right.lowercased())
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in 0..<left.count {
      var line = [row + 1]
      for column in 0..<right.count {
        let substitution = last[column] + (left[row] == right[column] ? 0 : 1)
        var cost = min(substitution, last[column + 1] + 1, line[column] + 1)
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          cost = min(cost, beforeLast[column - 1] + 1)
        }
        line.append(cost)
      }
      beforeLast = last
      last = line
    }
    return last[right.count]
  }
}
