/// A class of characters in a pattern: ranges of Unicode scalars, or all but those.
struct CharacterSet: Sendable, Equatable {
  var ranges: [ClosedRange<UInt32>]
  var isNegated = false

  static let digit = CharacterSet(ranges: [0x30...0x39])
  static let word = CharacterSet(ranges: [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
  static let space = CharacterSet(ranges: [0x09...0x0D, 0x20...0x20])
  /// Every character but the line feed.
  static let any = CharacterSet(ranges: [0x0A...0x0A], isNegated: true)

  static func only(_ scalar: Unicode.Scalar) -> CharacterSet {
    CharacterSet(ranges: [scalar.value...scalar.value])
  }

  /// `\d`, `\w`, `\s` and, in upper case, their opposites.
  static func escaped(_ letter: Unicode.Scalar) -> CharacterSet? {
    switch letter {
    case "d": digit
    case "w": word
    case "s": space
    case "D": digit.opposite
    case "W": word.opposite
    case "S": space.opposite
    default: nil
    }
  }

  var opposite: CharacterSet { CharacterSet(ranges: ranges, isNegated: !isNegated) }

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    ranges.contains { $0.contains(scalar.value) } != isNegated
  }

  /// The same ranges, without a negation.
  var positiveRanges: [ClosedRange<UInt32>] {
    guard isNegated else { return ranges }
    var positive: [ClosedRange<UInt32>] = []
    var next: UInt32 = 0
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if next < range.lowerBound { positive.append(next...range.lowerBound - 1) }
      next = max(next, range.upperBound + 1)
    }
    if next <= 0x10_FFFF { positive.append(next...0x10_FFFF) }
    return positive
  }

  /// With both cases of every ASCII letter that it holds.
  var ignoringCase: CharacterSet {
    var folded = self
    for letter in UInt32(0x61)...0x7A {
      let holdsEither = ranges.contains { $0.contains(letter) || $0.contains(letter - 0x20) }
      if holdsEither { folded.ranges += [letter...letter, letter - 0x20...letter - 0x20] }
    }
    return folded
  }
}
