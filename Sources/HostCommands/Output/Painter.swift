/// Colours text for a terminal, or leaves it as it is.
struct Painter: Sendable {
  let isOn: Bool

  /// Select Graphic Rendition: ECMA-48, section 8.3.117.
  enum Tint: Int, Sendable {
    case bold = 1
    case dim = 2
    case red = 31
    case green = 32
    case yellow = 33
  }

  func paint(_ text: String, _ tint: Tint?) -> String {
    guard isOn, let tint, !text.isEmpty else { return text }
    return "\u{1B}[\(tint.rawValue)m\(text)\u{1B}[0m"
  }
}
