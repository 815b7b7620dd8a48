/// Cuts bytes that come piece by piece into lines that end with CRLF, and nothing else ends one.
///
/// Remembers how far it has looked, so that a sender of single bytes costs no more than another.
struct LineReader: Sendable {
  private var looked = 0
  private(set) var position: Int

  init(from position: Int = 0) {
    self.position = position
    looked = position
  }

  /// The next whole line, without its end; nil while it is not whole.
  ///
  /// `input` is everything so far, from the first byte on. Throws `tooLong` as soon as the line is longer than `limit`.
  mutating func next(
    in input: Span<UInt8>, limit: Int, tooLong: WireError
  ) throws(WireError) -> Range<Int>? {
    while looked < input.count {
      let byte = input[looked]
      if byte == ByteClass.lineFeed { throw .bareLineFeed }
      guard byte == ByteClass.carriageReturn else {
        looked += 1
        guard looked - position <= limit else { throw tooLong }
        continue
      }
      guard looked + 1 < input.count else { return nil }
      guard input[looked + 1] == ByteClass.lineFeed else { throw .bareCarriageReturn }
      let line = position..<looked
      looked += 2
      position = looked
      return line
    }
    return nil
  }
}
