package import Cryptography
internal import EventJSON

/// Opens every sealed value in a stream of JSON lines; for the data owner, offline.
package enum Decryption {
  /// The one text for every value that does not open, whatever the reason (Manger, CRYPTO 2001).
  package static let failureText = "could not be decrypted"

  /// Copies lines from `input` to `output`, opening the string values that are sealed.
  ///
  /// Every other byte goes over as it was; so does every line that is not JSON. The memory is the
  /// longest line's, up to the limit. Blocks until the input ends.
  ///
  /// - Parameters:
  ///   - input: an open descriptor; the caller closes it.
  ///   - output: an open descriptor; the caller closes it.
  ///   - keys: tried by `kid` for a JWE that names its key, else by modulus length.
  ///   - longestLine: in bytes; longer ones pass unread; default 64 MiB.
  ///   - fields: opens only values under these keys (folded); nil opens all.
  ///   - progress: given how many bytes were read, now and then, on the calling thread.
  /// - Returns: the counts; whether a failure ends the program with 1 is the caller's to say.
  /// - Throws: ``FieldEncryptionError`` (`noPrivateKey`, `inputFailed`, `outputFailed`) or
  ///   `CryptographyError.libraryFailed`. What was written before stays written.
  package static func decryptStream(
    from input: Int32, to output: Int32, keys: [RSAPrivateKey], longestLine: Int = 64 << 20,
    fields: [String]? = nil, progress: (Int) -> Void = { _ in }
  ) throws -> DecryptionSummary {
    guard !keys.isEmpty else { throw FieldEncryptionError.noPrivateKey }
    var opener = try LineOpener(keys: keys, fields: fields.map(KeySelection.init))
    var read = 0
    var reader = LineReader(descriptor: input, longestLine: longestLine)
    var writer = BlockWriter(descriptor: output)
    while let piece = try reader.next() {
      let bytes = unsafe reader.buffer.span.bytes.extracting(piece.range)
      switch piece.kind {
      case .line: opener.open(bytes, appendingTo: &writer.pending)
      case .startOfLongLine:
        opener.passLongLine()
        writer.append(bytes)
      case .moreOfLongLine: writer.append(bytes)
      }
      read += piece.range.count
      if try writer.flushIfLarge() { progress(read) }
    }
    try writer.flush()
    return opener.summary
  }
}
