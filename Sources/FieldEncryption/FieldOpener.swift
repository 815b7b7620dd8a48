package import Cryptography
internal import EventJSON

/// What became of one string.
package enum OpenResult: Equatable {
  /// It has neither of the two forms.
  case notSealed
  /// The JSON text that takes its place: a string with its quotes, or the value as it once was.
  case opened([UInt8])
  /// It has one of the forms and could not be decrypted; there is no reason, on purpose.
  case failed
}

/// Opens what ``FieldSealer`` sealed, with any of several private keys; one per thread.
package struct FieldOpener: ~Copyable {
  private let keys: [OpeningKey]
  private var cipher: AES256GCM
  /// The content key of the last JWE and what it was unwrapped from: one event's JWEs share it.
  private var contentKey = SecretBytes(count: AES256GCM.keyLength)
  private var contentKeyOrigin: [UInt8] = []

  /// Throws `CryptographyError.libraryFailed`.
  package init(keys: [RSAPrivateKey]) throws(CryptographyError) {
    var opening: [OpeningKey] = []
    for key in keys { opening.append(try OpeningKey(key)) }
    let cipher = try AES256GCM()
    self.keys = opening
    self.cipher = cipher
  }

  /// Opens the content of a JSON string, the bytes between its quotes, if it is sealed.
  package mutating func openIfSealed(_ content: RawSpan) -> OpenResult {
    guard SealedForm.isPossible(content) else { return .notSealed }
    guard content.contains(UInt8(ascii: "\\")) else { return open(content) }
    // A writer in between may have spelled `/` as `\/`.
    var text: [UInt8] = []
    guard JSONString.unescape(content, appendingTo: &text) else { return .notSealed }
    return unsafe open(text.span.bytes)
  }

  private mutating func open(_ text: RawSpan) -> OpenResult {
    switch SealedForm(text) {
    case nil: return .notSealed
    case .damaged: return .failed
    case .raw(let ciphertext):
      guard let plaintext = openRaw(ciphertext) else { return .failed }
      return JSONValue.string(plaintext).map(OpenResult.opened) ?? .failed
    case .jwe(let parts):
      guard let (plaintext, isJSON) = openJWE(text, parts) else { return .failed }
      let json = isJSON ? JSONValue.text(plaintext) : JSONValue.string(plaintext)
      return json.map(OpenResult.opened) ?? .failed
    }
  }

  // MARK: - Raw

  private func openRaw(_ ciphertext: [UInt8]) -> [UInt8]? {
    for key in keys where key.ciphertextLength == ciphertext.count {
      if let plaintext = unsafe try? key.decryptor.decrypt(ciphertext.span.bytes) {
        return plaintext
      }
    }
    return nil
  }

  // MARK: - JWE

  private mutating func openJWE(
    _ text: RawSpan, _ parts: [Range<Int>]
  ) -> (plaintext: [UInt8], isJSON: Bool)? {
    guard let json = decoded(text, parts[0]), let header = JWEHeader(json: json),
      let encryptedKey = decoded(text, parts[1]), let iv = decoded(text, parts[2]),
      var sealed = decoded(text, parts[3]), let tag = decoded(text, parts[4]),
      iv.count == AES256GCM.ivLength, tag.count == AES256GCM.tagLength,
      unwrap(encryptedKey, kid: header.kid)
    else { return nil }
    sealed.append(contentsOf: tag)
    var plaintext: [UInt8] = []
    do throws(CryptographyError) {
      try cipher.setKey(contentKey)
      try unsafe cipher.open(
        sealed.span.bytes, iv: iv.span.bytes, authenticating: text.extracting(parts[0]),
        appendingTo: &plaintext)
    } catch {
      return nil
    }
    return (plaintext, header.isJSON)
  }

  private func decoded(_ text: RawSpan, _ part: Range<Int>) -> [UInt8]? {
    var bytes: [UInt8] = []
    let done: Void? = try? Base64URL.decode(text.extracting(part), appendingTo: &bytes)
    return done.map { bytes }
  }

  /// Puts the content key in place: the named key's, or without a name whichever key opens it.
  private mutating func unwrap(_ encryptedKey: [UInt8], kid: String?) -> Bool {
    let origin = Array((kid ?? "").utf8) + encryptedKey
    guard origin != contentKeyOrigin else { return true }
    contentKeyOrigin = []
    for key in keys where (kid ?? key.kid) == key.kid {
      guard unsafe key.unwrap(encryptedKey.span.bytes, into: &contentKey) else { continue }
      contentKeyOrigin = origin
      return true
    }
    return false
  }
}

/// One private key with its context; a class because an array cannot hold what cannot be copied.
private final class OpeningKey {
  let kid: String
  let ciphertextLength: Int
  var decryptor: OAEPDecryptor

  init(_ key: RSAPrivateKey) throws(CryptographyError) {
    let decryptor = try OAEPDecryptor(key)
    self.decryptor = decryptor
    kid = key.publicKey.thumbprint
    ciphertextLength = key.publicKey.ciphertextLength
  }

  /// False when it does not open or is not 32 bytes; `contentKey` is then as it was.
  func unwrap(_ encryptedKey: RawSpan, into contentKey: inout SecretBytes) -> Bool {
    var unwrapped: SecretBytes?
    let done: Void? = try? decryptor.withPlaintext(of: encryptedKey) { key in
      guard key.byteCount == AES256GCM.keyLength else { return }
      unwrapped = SecretBytes(copying: key)
    }
    guard done != nil, let key = unwrapped.take() else { return false }
    contentKey = key
    return true
  }
}
