/// A regular expression that is matched in bounded time, whatever the pattern and the text are.
///
/// No backtracking: all ways through the pattern are followed side by side (Thompson, 1968), so the time is at most
/// the text's length times the pattern's size, both limited. What only backtracking can do (back references,
/// look-around) is refused.
///
/// Taken are literals, `.`, `[a-z]`, `[^…]`, `\d \w \s` and their opposites, `\b \B ^ $`, `|`, `( )`, `(?: )`,
/// `* + ? {n} {n,} {n,m}` with n and m up to 100, and `(?i)` at the beginning for ASCII letters of either case.
/// Classes are ASCII, as in RE2. A match may stand anywhere in the text.
package struct ValuePattern: Sendable {
  package static let longestPattern = 256
  /// Characters of a text that are looked at; the rest is not.
  package static let longestText = 512
  /// Steps of the compiled pattern.
  static let largestProgram = 2_000

  private let program: [Step]

  /// Throws ``PatternError`` that says where and why a pattern is not taken.
  package init(_ pattern: String) throws(PatternError) {
    guard pattern.utf8.count <= Self.longestPattern else { throw PatternError(.tooLong, at: 0) }
    program = try PatternCompiler.compile(pattern)
  }

  enum Assertion: Sendable { case start, end, boundary, noBoundary }

  enum Step: Sendable {
    case character(CharacterSet)
    case assertion(Assertion)
    /// Goes on at both places.
    case fork(Int, Int)
    case jump(Int)
    case match
  }
}

extension ValuePattern {
  /// Whether the first ``longestText`` characters of the text hold a match.
  package func matches(_ text: String) -> Bool {
    let text = Array(text.unicodeScalars.prefix(Self.longestText))
    var threads = Threads(count: program.count)
    var next = Threads(count: program.count)
    for position in 0...text.count {
      // A match may begin anywhere: at each place one more way starts.
      if follow(from: 0, &threads, text, position) { return true }
      guard position < text.count else { return false }
      next.removeAll()
      for step in threads.steps {
        guard case .character(let set) = program[step], set.contains(text[position]) else {
          continue
        }
        if follow(from: step + 1, &next, text, position + 1) { return true }
      }
      swap(&threads, &next)
    }
    return false
  }

  /// Adds every step that is reached without a character; true when the match is one of them.
  private func follow(
    from step: Int, _ threads: inout Threads, _ text: [Unicode.Scalar], _ position: Int
  ) -> Bool {
    var open = [step]
    while let step = open.popLast() {
      guard threads.insert(step) else { continue }
      switch program[step] {
      case .match: return true
      case .character: break
      case .jump(let target): open.append(target)
      case .fork(let first, let second): open += [second, first]
      case .assertion(let assertion):
        if holds(assertion, text, position) { open.append(step + 1) }
      }
    }
    return false
  }

  private func holds(_ assertion: Assertion, _ text: [Unicode.Scalar], _ position: Int) -> Bool {
    let isAfterWord = position > 0 && CharacterSet.word.contains(text[position - 1])
    let isBeforeWord = position < text.count && CharacterSet.word.contains(text[position])
    return switch assertion {
    case .start: position == 0
    case .end: position == text.count
    case .boundary: isAfterWord != isBeforeWord
    case .noBoundary: isAfterWord == isBeforeWord
    }
  }

  /// The steps that are reached, each once, in the order in which they were.
  private struct Threads {
    private(set) var steps: [Int] = []
    private var isReached: [Bool]

    init(count: Int) { isReached = [Bool](repeating: false, count: count) }

    mutating func insert(_ step: Int) -> Bool {
      guard !isReached[step] else { return false }
      isReached[step] = true
      steps.append(step)
      return true
    }

    mutating func removeAll() {
      for step in steps { isReached[step] = false }
      steps.removeAll(keepingCapacity: true)
    }
  }
}

/// Why a pattern is not taken, and at which character of it, from 1.
package struct PatternError: Error, Hashable, Sendable {
  package enum Reason: String, Sendable {
    case tooLong = "it is longer than 256 bytes"
    case tooLarge = "its repetitions make it too large"
    case empty = "it is empty, or a part of it is"
    case unclosed = "a bracket is not closed"
    case unopened = "a closing bracket has no opening one"
    case nothingToRepeat = "there is nothing to repeat"
    case badRepetition = "a repetition is {n}, {n,} or {n,m} with n and m up to 100, n not above m"
    case badEscape =
      "an escape is one of \\d \\w \\s \\D \\W \\S \\b \\B, or a sign that is meant itself"
    case badRange = "a range in brackets goes from a lower to a higher character"
    case notSupported = "back references, look-around and other (? groups take unbounded time"
  }

  package let reason: Reason
  package let position: Int

  init(_ reason: Reason, at position: Int) {
    self.reason = reason
    self.position = position
  }
}
