internal import Cryptography

/// Writes JWEs in compact serialization (RFC 7516 section 7.1), several under one content key.
///
/// The IV counts up from 1 under each content key (SP 800-38D section 8.2.1), so it never repeats.
struct JWESealer: ~Copyable {
  private var cipher: AES256GCM
  private var random = RandomPool()
  private var contentKey = SecretBytes(count: AES256GCM.keyLength)
  /// The base64url of the encrypted content key; empty while there is none.
  private var encryptedKey: [UInt8] = []
  private var counter: UInt64 = 0
  private let textHeader: [UInt8]
  private let jsonHeader: [UInt8]
  private let encryptedKeyLength: Int
  /// Ciphertext and tag on their way to base64url; kept for its memory.
  private var sealed: [UInt8] = []

  init(kid: String, encryptedKeyLength: Int) throws(CryptographyError) {
    cipher = try AES256GCM()
    textHeader = JWEHeader(kid: kid, isJSON: false).encoded
    jsonHeader = JWEHeader(kid: kid, isJSON: true).encoded
    self.encryptedKeyLength = encryptedKeyLength
  }

  mutating func forgetKey() { encryptedKey.removeAll(keepingCapacity: true) }

  /// How many characters the JWE of that many bytes has.
  func length(of count: Int, isJSON: Bool) -> Int {
    (isJSON ? jsonHeader : textHeader).count + 4
      + Base64URL.encodedLength(of: encryptedKeyLength)
      + Base64URL.encodedLength(of: AES256GCM.ivLength) + Base64URL.encodedLength(of: count)
      + Base64URL.encodedLength(of: AES256GCM.tagLength)
  }

  /// Appends the JWE; what was appended before an error is the caller's to remove.
  mutating func seal(
    _ plaintext: RawSpan, isJSON: Bool, with encryptor: inout OAEPEncryptor,
    appendingTo out: inout [UInt8]
  ) throws(CryptographyError) {
    if encryptedKey.isEmpty { try makeKey(with: &encryptor) }
    counter += 1
    let header = isJSON ? jsonHeader : textHeader
    let iv = nextIV()
    sealed.removeAll(keepingCapacity: true)
    try unsafe cipher.seal(
      plaintext, iv: iv.span.bytes, authenticating: header.span.bytes, appendingTo: &sealed)
    out.append(contentsOf: header)
    out.append(UInt8(ascii: "."))
    out.append(contentsOf: encryptedKey)
    out.append(UInt8(ascii: "."))
    unsafe Base64URL.encode(iv.span.bytes, appendingTo: &out)
    out.append(UInt8(ascii: "."))
    let bytes = unsafe sealed.span.bytes
    Base64URL.encode(bytes.extracting(droppingLast: AES256GCM.tagLength), appendingTo: &out)
    out.append(UInt8(ascii: "."))
    Base64URL.encode(bytes.extracting(last: AES256GCM.tagLength), appendingTo: &out)
  }

  private func nextIV() -> InlineArray<12, UInt8> {
    InlineArray { index in
      index < 4 ? 0 : UInt8(truncatingIfNeeded: counter >> (8 * UInt64(11 - index)))
    }
  }

  private mutating func makeKey(
    with encryptor: inout OAEPEncryptor
  ) throws(CryptographyError) {
    random.fill(&contentKey)
    try cipher.setKey(contentKey)
    counter = 0
    var text: [UInt8] = []
    swap(&text, &encryptedKey)
    defer { swap(&text, &encryptedKey) }
    try contentKey.withBytes { (key) throws(CryptographyError) in
      try encryptor.withCiphertext(of: key) { Base64URL.encode($0, appendingTo: &text) }
    }
  }
}
