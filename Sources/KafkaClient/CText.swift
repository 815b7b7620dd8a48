/// A buffer that a C function fills with text.
struct CText {
  private var characters = [CChar](repeating: 0, count: 512)

  /// The text up to its NUL, when `fill` has written it.
  static func filled<Answer>(
    _ fill: (UnsafeMutablePointer<CChar>, Int) -> Answer
  ) -> (answer: Answer, text: String) {
    var text = CText()
    let answer = unsafe text.characters.withUnsafeMutableBufferPointer {
      unsafe fill($0.baseAddress!, $0.count)
    }
    let bytes = text.characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return (answer, String(decoding: bytes, as: UTF8.self))
  }
}
