import Cryptography
import Foundation

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
  convenience init(pemText: String, passphrase: String? = nil) throws {
    let pem = unsafe SecretBytes(copying: Array(pemText.utf8).span.bytes)
    if let passphrase = passphrase.map({ Array($0.utf8) }) {
      let secret: SecretBytes? = unsafe SecretBytes(copying: passphrase.span.bytes)
      try self.init(pem: pem, passphrase: secret)
    } else {
      try self.init(pem: pem, passphrase: nil)
    }
  }
}

extension OAEPEncryptor {
  mutating func encrypted(_ plaintext: [UInt8]) throws -> [UInt8] {
    var out: [UInt8] = []
    try unsafe encrypt(plaintext.span.bytes, appendingTo: &out)
    return out
  }
}

extension OAEPDecryptor {
  mutating func decrypted(_ ciphertext: [UInt8]) throws -> [UInt8] {
    try unsafe decrypt(ciphertext.span.bytes)
  }
}

extension AES256GCM {
  mutating func sealed(_ plaintext: [UInt8], iv: [UInt8], header: [UInt8]) throws -> [UInt8] {
    var out: [UInt8] = []
    try unsafe seal(
      plaintext.span.bytes, iv: iv.span.bytes, authenticating: header.span.bytes,
      appendingTo: &out)
    return out
  }

  mutating func opened(_ sealed: [UInt8], iv: [UInt8], header: [UInt8]) throws -> [UInt8] {
    var out: [UInt8] = []
    try unsafe open(
      sealed.span.bytes, iv: iv.span.bytes, authenticating: header.span.bytes, appendingTo: &out)
    return out
  }
}
