/// A pattern of `match`: `*`, `?`, `[abc]`, `[a-z]`, `\x`; everything else stands for itself.
///
/// A match is over the whole string, by characters (Unicode scalars), and tells upper case from lower. Only the last
/// `*` is ever tried again, so the time is at most the string's length times the pattern's.
struct Glob: Sendable {
  /// The longest pattern in bytes.
  static let longest = 1024

  private enum Step: Sendable {
    case character(UInt32)
    case any
    case oneOf([ClosedRange<UInt32>])
    case anyNumber
  }

  private var steps: [Step] = []

  /// Nil for a pattern that is too long, whose `[` is not closed, or that ends in a lone `\`.
  init?(_ pattern: some Collection<UInt8>) {
    guard pattern.count <= Self.longest else { return nil }
    var rest = String(decoding: pattern, as: UTF8.self).unicodeScalars[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      case "*": steps.append(.anyNumber)
      case "?": steps.append(.any)
      case "\\":
        guard let next = rest.popFirst() else { return nil }
        steps.append(.character(next.value))
      case "[":
        guard let ranges = Self.ranges(&rest) else { return nil }
        steps.append(.oneOf(ranges))
      default: steps.append(.character(scalar.value))
      }
    }
  }

  /// What stands behind `[`, up to its `]`.
  private static func ranges(_ rest: inout Substring.UnicodeScalarView) -> [ClosedRange<UInt32>]? {
    var ranges: [ClosedRange<UInt32>] = []
    while let first = rest.popFirst() {
      if first == "]" { return ranges }
      guard let low = first == "\\" ? rest.popFirst() : first else { return nil }
      guard rest.first == "-", let after = rest.dropFirst().first, after != "]" else {
        ranges.append(low.value...low.value)
        continue
      }
      rest.removeFirst(2)
      guard let high = after == "\\" ? rest.popFirst() : after else { return nil }
      // A range from high to low holds nothing.
      if low.value <= high.value { ranges.append(low.value...high.value) }
    }
    return nil
  }

  /// Whether the whole of `text`, which is UTF-8, fits.
  func matches(_ text: UnsafeRawBufferPointer) -> Bool {
    var place = 0
    var step = 0
    var retry: (step: Int, place: Int)?
    while true {
      if step < steps.count, case .anyNumber = steps[step] {
        step += 1
        retry = (step, place)
      } else if step == steps.count, place == text.count {
        return true
      } else if step < steps.count, place < text.count {
        let (character, length) = unsafe Self.character(text, place)
        if fits(character, steps[step]) {
          step += 1
          place += length
        } else {
          guard unsafe back(&retry, &step, &place, text) else { return false }
        }
      } else {
        guard unsafe back(&retry, &step, &place, text) else { return false }
      }
    }
  }

  /// Lets the last `*` take one character more.
  private func back(
    _ retry: inout (step: Int, place: Int)?, _ step: inout Int, _ place: inout Int,
    _ text: UnsafeRawBufferPointer
  ) -> Bool {
    guard let last = retry, last.place < text.count else { return false }
    place = unsafe last.place + Self.character(text, last.place).length
    step = last.step
    retry = (step, place)
    return true
  }

  private func fits(_ character: UInt32, _ step: Step) -> Bool {
    switch step {
    case .character(let wanted): character == wanted
    case .any: true
    case .oneOf(let ranges): ranges.contains { $0.contains(character) }
    case .anyNumber: false
    }
  }

  /// The character at a place of a valid text; a cut one counts byte for byte.
  private static func character(
    _ text: UnsafeRawBufferPointer, _ place: Int
  ) -> (value: UInt32, length: Int) {
    let first = unsafe UInt32(text[place])
    let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    guard length > 1, place + length <= text.count else { return (first, 1) }
    var value = first & (0x7F >> UInt32(length))
    for offset in 1..<length {
      value = unsafe value << 6 | UInt32(text[place + offset] & 0x3F)
    }
    return (value, length)
  }
}
