/// Makes the steps of a ``ValuePattern``: recursive descent over alternatives, sequences, repetitions, atoms.
struct PatternCompiler {
  private let pattern: [Unicode.Scalar]
  private var index = 0
  private var depth = 0
  private var ignoresCase = false

  /// A part of a pattern, as steps whose targets count from its own first.
  private typealias Steps = [ValuePattern.Step]

  private static let deepestNesting = 50
  private static let mostRepetitions = 100

  static func compile(_ pattern: String) throws(PatternError) -> [ValuePattern.Step] {
    var compiler = PatternCompiler(pattern: Array(pattern.unicodeScalars))
    if pattern.hasPrefix("(?i)") { (compiler.index, compiler.ignoresCase) = (4, true) }
    let steps = try compiler.alternatives()
    guard compiler.index == compiler.pattern.count else { throw compiler.error(.unopened) }
    return steps + [.match]
  }

  private init(pattern: [Unicode.Scalar]) { self.pattern = pattern }

  private var current: Unicode.Scalar? { index < pattern.count ? pattern[index] : nil }

  private func error(_ reason: PatternError.Reason) -> PatternError {
    PatternError(reason, at: index + 1)
  }

  /// Parts with `|` between them.
  private mutating func alternatives() throws(PatternError) -> Steps {
    let first = try sequence()
    guard current == "|" else { return first }
    index += 1
    let rest = try alternatives()
    return try checked(
      [.fork(1, first.count + 2)] + first.moved(by: 1) + [.jump(first.count + 2 + rest.count)]
        + rest.moved(by: first.count + 2))
  }

  private mutating func sequence() throws(PatternError) -> Steps {
    var steps: Steps = []
    let start = index
    while let sign = current, sign != "|", sign != ")" {
      let atom = try atom()
      steps += try repeated(atom).moved(by: steps.count)
      steps = try checked(steps)
    }
    guard index > start else { throw error(.empty) }
    return steps
  }

  private func checked(_ steps: Steps) throws(PatternError) -> Steps {
    guard steps.count <= ValuePattern.largestProgram else { throw error(.tooLarge) }
    return steps
  }
}

// MARK: - Repetitions

extension PatternCompiler {
  private mutating func repeated(_ atom: Steps) throws(PatternError) -> Steps {
    var steps = atom
    while let (least, most) = try repetition() {
      guard steps.count * max(1, most ?? least + 1) <= ValuePattern.largestProgram else {
        throw error(.tooLarge)
      }
      steps = repeated(steps, least, most)
    }
    return steps
  }

  /// How often: at least, and at most (nil: any number); nil when no repetition follows.
  private mutating func repetition() throws(PatternError) -> (Int, Int?)? {
    if current == "{" { return try counted() }
    let bounds: (Int, Int?)
    switch current {
    case "*": bounds = (0, nil)
    case "+": bounds = (1, nil)
    case "?": bounds = (0, 1)
    default: return nil
    }
    index += 1
    return bounds
  }

  private mutating func counted() throws(PatternError) -> (Int, Int?) {
    index += 1
    guard let least = number() else { throw error(.badRepetition) }
    var most: Int? = least
    if current == "," {
      index += 1
      most = number()
    }
    guard current == "}", least <= Self.mostRepetitions, (most ?? least) >= least,
      (most ?? 0) <= Self.mostRepetitions
    else { throw error(.badRepetition) }
    index += 1
    return (least, most)
  }

  private mutating func number() -> Int? {
    let start = index
    while let digit = current, CharacterSet.digit.contains(digit), index - start < 4 { index += 1 }
    return Int(pattern[start..<index].map { String($0) }.joined())
  }

  private func repeated(_ atom: Steps, _ least: Int, _ most: Int?) -> Steps {
    var steps: Steps = []
    for _ in 0..<least { steps += atom.moved(by: steps.count) }
    guard let most else {
      let start = steps.count
      return steps + [.fork(start + 1, start + atom.count + 2)] + atom.moved(by: start + 1)
        + [.jump(start)]
    }
    let end = steps.count + (most - least) * (atom.count + 1)
    for _ in least..<most {
      steps.append(.fork(steps.count + 1, end))
      steps += atom.moved(by: steps.count)
    }
    return steps
  }
}

// MARK: - Atoms

extension PatternCompiler {
  private mutating func atom() throws(PatternError) -> Steps {
    guard let sign = current else { throw error(.empty) }
    switch sign {
    case "(": return try group()
    case "[": return [.character(try characterClass())]
    case "*", "+", "?", "{": throw error(.nothingToRepeat)
    case "\\": return [try escape()]
    default: break
    }
    index += 1
    return switch sign {
    case "^": [.assertion(.start)]
    case "$": [.assertion(.end)]
    case ".": [.character(.any)]
    default: [.character(cased(.only(sign)))]
    }
  }

  private func cased(_ set: CharacterSet) -> CharacterSet {
    ignoresCase ? set.ignoringCase : set
  }

  private mutating func group() throws(PatternError) -> Steps {
    index += 1
    if current == "?" {
      guard index + 1 < pattern.count, pattern[index + 1] == ":" else { throw error(.notSupported) }
      index += 2
    }
    depth += 1
    guard depth <= Self.deepestNesting else { throw error(.tooLarge) }
    let steps = try alternatives()
    depth -= 1
    guard current == ")" else { throw error(.unclosed) }
    index += 1
    return steps
  }

  private mutating func escape() throws(PatternError) -> ValuePattern.Step {
    index += 1
    guard let letter = current else { throw error(.badEscape) }
    if let digit = letter.properties.numericType, digit == .decimal { throw error(.notSupported) }
    let step: ValuePattern.Step
    switch letter {
    case "b": step = .assertion(.boundary)
    case "B": step = .assertion(.noBoundary)
    default: step = .character(try escapedSet(letter))
    }
    index += 1
    return step
  }

  private func escapedSet(_ letter: Unicode.Scalar) throws(PatternError) -> CharacterSet {
    if let set = CharacterSet.escaped(letter) { return set }
    guard letter.isASCII, !CharacterSet.word.contains(letter) else { throw error(.badEscape) }
    return .only(letter)
  }

  private mutating func characterClass() throws(PatternError) -> CharacterSet {
    index += 1
    var set = CharacterSet(ranges: [])
    if current == "^" {
      set.isNegated = true
      index += 1
    }
    repeat {
      set.ranges += try classMember()
    } while current != nil && current != "]"
    guard current == "]" else { throw error(.unclosed) }
    index += 1
    return cased(set)
  }

  /// One character, one escape or one range; a `]` that stands first is meant itself.
  private mutating func classMember() throws(PatternError) -> [ClosedRange<UInt32>] {
    let first = try classCharacter()
    guard first.count == 1, let low = first.first, low.count == 1, current == "-",
      index + 1 < pattern.count, pattern[index + 1] != "]"
    else { return first }
    index += 1
    let last = try classCharacter()
    guard last.count == 1, let high = last.first, high.count == 1,
      low.lowerBound <= high.lowerBound
    else { throw error(.badRange) }
    return [low.lowerBound...high.lowerBound]
  }

  private mutating func classCharacter() throws(PatternError) -> [ClosedRange<UInt32>] {
    guard let sign = current else { throw error(.unclosed) }
    index += 1
    guard sign == "\\" else { return CharacterSet.only(sign).ranges }
    guard let letter = current else { throw error(.badEscape) }
    let set = try escapedSet(letter)
    index += 1
    return set.positiveRanges
  }
}

extension [ValuePattern.Step] {
  /// The same steps behind `distance` others.
  fileprivate func moved(by distance: Int) -> [ValuePattern.Step] {
    map { step in
      switch step {
      case .fork(let first, let second): .fork(first + distance, second + distance)
      case .jump(let target): .jump(target + distance)
      default: step
      }
    }
  }
}
