package import Cryptography
internal import EventJSON

/// Seals the values of events for one destination; one per thread.
///
/// It owns and reuses every OpenSSL context, so two of them share nothing. All JWEs of one event
/// share one content key: n values cost one RSA operation.
package struct FieldSealer: ~Copyable {
  private var encryptor: OAEPEncryptor
  private var jwe: JWESealer
  private let format: EncryptionFormat
  private let maximumStringLength: Int
  /// The text of a string with escapes; kept for its memory.
  private var text: [UInt8] = []

  /// Makes the contexts.
  ///
  /// - Parameters:
  ///   - key: the destination's active key.
  ///   - format: see ``EncryptionFormat``.
  ///   - maximumStringLength: the most characters the destination takes in a string.
  /// - Throws: `CryptographyError.libraryFailed`.
  package init(
    key: RSAPublicKey, format: EncryptionFormat, maximumStringLength: Int
  ) throws(CryptographyError) {
    let encryptor = try OAEPEncryptor(key)
    let jwe = try JWESealer(kid: key.thumbprint, encryptedKeyLength: key.ciphertextLength)
    self.encryptor = encryptor
    self.jwe = jwe
    self.format = format
    self.maximumStringLength = maximumStringLength
  }

  /// A new content key for the JWEs of the next event; made when the first of them needs it.
  package mutating func beginEvent() { jwe.forgetKey() }

  /// Appends the JSON string that takes the value's place, with its quotes.
  ///
  /// A string is encrypted as the UTF-8 text it stands for, any other value as its JSON text. A
  /// string with a lone surrogate stands for no text: in a JWE it goes as its JSON text, `oaep`
  /// refuses it.
  ///
  /// - Parameters:
  ///   - json: the exact JSON text of one valid value, never `null`.
  ///   - out: left as it was when this throws.
  package mutating func seal(
    json: RawSpan, appendingTo out: inout [UInt8]
  ) throws(SealError) {
    guard json.byteCount >= 2, json.byte(0) == UInt8(ascii: "\"") else {
      return try seal(json, isJSON: true, &out)
    }
    let content = json.extracting(1..<json.byteCount - 1)
    guard content.contains(UInt8(ascii: "\\")) else {
      return try seal(content, isJSON: false, &out)
    }
    var unescaped: [UInt8] = []
    swap(&unescaped, &text)
    defer { swap(&unescaped, &text) }
    unescaped.removeAll(keepingCapacity: true)
    guard JSONString.unescape(content, appendingTo: &unescaped) else {
      guard format != .oaep else { throw .valueNotText }
      return try sealJWE(json, isJSON: true, &out)
    }
    try unsafe seal(unescaped.span.bytes, isJSON: false, &out)
  }

  private mutating func seal(
    _ plaintext: RawSpan, isJSON: Bool, _ out: inout [UInt8]
  ) throws(SealError) {
    let fits = plaintext.byteCount <= encryptor.maximumPlaintext
    switch format {
    case .oaep where !fits: throw .valueTooLong(maximum: encryptor.maximumPlaintext)
    case .auto where fits, .oaep: try sealRaw(plaintext, &out)
    case .auto, .jwe: try sealJWE(plaintext, isJSON: isJSON, &out)
    }
  }

  private mutating func sealRaw(
    _ plaintext: RawSpan, _ out: inout [UInt8]
  ) throws(SealError) {
    let length = Base64.encodedLength(of: encryptor.ciphertextLength)
    try makeRoom(for: length, &out)
    do throws(CryptographyError) {
      try encryptor.withCiphertext(of: plaintext) { ciphertext in
        out.append(UInt8(ascii: "\""))
        Base64.encode(ciphertext, appendingTo: &out)
        out.append(UInt8(ascii: "\""))
      }
    } catch {
      throw .failed
    }
  }

  private mutating func sealJWE(
    _ plaintext: RawSpan, isJSON: Bool, _ out: inout [UInt8]
  ) throws(SealError) {
    try makeRoom(for: jwe.length(of: plaintext.byteCount, isJSON: isJSON), &out)
    let start = out.count
    do throws(CryptographyError) {
      out.append(UInt8(ascii: "\""))
      try jwe.seal(plaintext, isJSON: isJSON, with: &encryptor, appendingTo: &out)
      out.append(UInt8(ascii: "\""))
    } catch {
      out.removeSubrange(start...)
      throw .failed
    }
  }

  /// Room for a string of that many characters, growing by doubling, as an append would.
  private func makeRoom(for length: Int, _ out: inout [UInt8]) throws(SealError) {
    guard length <= maximumStringLength else {
      throw .stringTooLong(length: length, maximum: maximumStringLength)
    }
    let needed = out.count + length + 2
    if needed > out.capacity { out.reserveCapacity(max(needed, 2 * out.capacity)) }
  }
}
