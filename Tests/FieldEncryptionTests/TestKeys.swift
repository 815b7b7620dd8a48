import Cryptography
import FieldEncryption
import Testing

/// One key of each size for all tests of this process; making one is slow.
enum TestKeys {
  static let rsa2048 = make(2048)
  static let rsa3072 = make(3072)
  static let rsa4096 = make(4096)
  static let other2048 = make(2048)

  static func key(_ bits: Int) -> RSAPrivateKey {
    switch bits {
    case 2048: rsa2048
    case 3072: rsa3072
    default: rsa4096
    }
  }

  private static func make(_ bits: Int) -> RSAPrivateKey {
    do { return try RSAPrivateKey.generate(bits: bits) } catch { fatalError("\(error)") }
  }
}

extension RSAPrivateKey {
  convenience init(pemText: String) throws {
    let pem = unsafe SecretBytes(copying: Array(pemText.utf8).span.bytes)
    try self.init(pem: pem, passphrase: nil)
  }
}

/// The sealed string for a JSON text, with its quotes.
func sealed(
  _ json: String, _ sealer: inout FieldSealer
) throws(SealError) -> String {
  var out: [UInt8] = []
  let bytes = Array(json.utf8)
  try unsafe sealer.seal(json: bytes.span.bytes, appendingTo: &out)
  return String(decoding: out, as: UTF8.self)
}

/// The sealed string for a JSON text, with its quotes, by a sealer of its own.
func sealed(
  _ json: String, key: RSAPrivateKey = TestKeys.rsa2048, format: EncryptionFormat = .auto,
  maximumStringLength: Int = .max
) throws -> String {
  var sealer = try FieldSealer(
    key: key.publicKey, format: format, maximumStringLength: maximumStringLength)
  return try sealed(json, &sealer)
}

/// What opening the content of a string gives.
func opened(_ content: String, keys: [RSAPrivateKey]) throws -> OpenResult {
  var opener = try FieldOpener(keys: keys)
  let bytes = Array(content.utf8)
  return unsafe opener.openIfSealed(bytes.span.bytes)
}

extension String {
  /// Without the quotes around it.
  var content: String { String(dropFirst().dropLast()) }

  var parts: [String] { split(separator: ".", omittingEmptySubsequences: false).map(String.init) }

  /// The bytes that base64url text stands for.
  func fromBase64URL() throws -> [UInt8] {
    let text = Array(utf8)
    var bytes: [UInt8] = []
    try unsafe Base64URL.decode(text.span.bytes, appendingTo: &bytes)
    return bytes
  }

  var base64URL: String {
    let bytes = Array(utf8)
    return unsafe Base64URL.encode(bytes.span.bytes)
  }
}

extension OpenResult {
  /// The JSON text that came out; nil when nothing did.
  var json: String? {
    if case .opened(let json) = self { String(decoding: json, as: UTF8.self) } else { nil }
  }
}
