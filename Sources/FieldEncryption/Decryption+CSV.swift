package import Cryptography
internal import Glibc

extension Decryption {
  /// Copies comma-separated values (RFC 4180) from `input` to `output`, opening the cells that are sealed.
  ///
  /// As ``decryptStream(from:to:keys:longestLine:fields:progress:)`` does with lines; `fields` are titles of the first
  /// record. A cell beyond 16 MiB passes unread. The summary's lines are records.
  package static func decryptCSV(
    from input: Int32, to output: Int32, keys: [RSAPrivateKey], fields: [String]? = nil,
    progress: (Int) -> Void = { _ in }
  ) throws -> DecryptionSummary {
    guard !keys.isEmpty else { throw FieldEncryptionError.noPrivateKey }
    var opener = try CSVOpener(keys: keys, fields: fields, longestCell: 16 << 20)
    var writer = BlockWriter(descriptor: output)
    var piece = [UInt8](repeating: 0, count: 256 << 10)
    var total = 0
    while true {
      let got = unsafe read(input, &piece, piece.count)
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw FieldEncryptionError.inputFailed(code: errno) }
      if got == 0 { break }
      unsafe opener.take(piece.span.bytes.extracting(first: got), appendingTo: &writer.pending)
      total += got
      if try writer.flushIfLarge() { progress(total) }
    }
    opener.finish(appendingTo: &writer.pending)
    try writer.flush()
    return opener.summary
  }
}
