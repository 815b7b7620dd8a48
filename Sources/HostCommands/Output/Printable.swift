/// Makes text from outside fit to be shown: no control character reaches a terminal.
enum Printable {
  /// Control and bidirectional-override characters as `\u{…}`; everything else as it is.
  static func text(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isHarmful) else { return text }
    return text.unicodeScalars.reduce(into: "") { result, scalar in
      if isHarmful(scalar) {
        result += "\\u{\(String(scalar.value, radix: 16))}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
  }

  /// A typed word for an error: what follows `=`, and anything long, may be a secret and is left out.
  static func short(_ word: String) -> String {
    let name = word.prefix { $0 != "=" }
    let kept = name.count > 48 ? name.prefix(16) + "…" : name
    return text(String(kept)) + (name.count < word.count ? "=…" : "")
  }

  /// How many columns the text takes on a terminal.
  static func columns(of text: String) -> Int {
    text.reduce(0) { $0 + (isWide($1) ? 2 : 1) }
  }

  private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  /// East Asian wide and emoji, coarsely (Unicode Standard Annex 11).
  private static func isWide(_ character: Character) -> Bool {
    guard let value = character.unicodeScalars.first?.value else { return false }
    switch value {
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      return true
    default: return false
    }
  }
}
