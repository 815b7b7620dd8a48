import Cryptography
import Foundation
import Testing
import Workbench

struct RSAPrivateKeyTests {
  private static func secret(_ text: String) -> SecretBytes {
    unsafe SecretBytes(copying: Array(text.utf8).span.bytes)
  }

  @Test(arguments: [512, 1024, 2047, 8192, 0, -1])
  func `a key of another size is not made`(bits: Int) {
    #expect(throws: CryptographyError.unsupportedKeySize(bits: bits)) {
      try RSAPrivateKey.generate(bits: bits)
    }
  }

  @Test func `a key is written once, closed to others, and read again`() throws {
    let folder = try Scratch()
    let path = folder.path + "/private.pem"
    try TestKeys.rsa2048.writePEM(toNewFile: path, passphrase: nil)
    #expect(try mode(of: path) == 0o600)
    let pem = try SecretBytes(readingFile: path)
    let again = try RSAPrivateKey(pem: pem, passphrase: nil)
    #expect(again.publicKey.thumbprint == TestKeys.rsa2048.publicKey.thumbprint)
    let error = #expect(throws: CryptographyError.self) {
      try TestKeys.rsa2048.writePEM(toNewFile: path, passphrase: nil)
    }
    #expect(error == .fileExists(path: path))
    #expect(
      error?.description
        == "file not written, \(path): it is there already. Name one that does not exist yet.")
  }

  @Test func `a key is not written through a link or into a missing folder`() throws {
    let folder = try Scratch()
    let link = folder.path + "/link.pem"
    try FileManager.default.createSymbolicLink(
      atPath: link, withDestinationPath: folder.path + "/elsewhere")
    #expect(throws: CryptographyError.fileExists(path: link)) {
      try TestKeys.rsa2048.writePEM(toNewFile: link, passphrase: nil)
    }
    let missing = folder.path + "/no/private.pem"
    #expect(
      throws: CryptographyError.fileFailed(path: missing, operation: "create", code: ENOENT)
    ) {
      try TestKeys.rsa2048.writePEM(toNewFile: missing, passphrase: nil)
    }
  }

  @Test func `a passphrase opens what it closed, and nothing else does`() throws {
    let pem = try TestKeys.rsa2048.pem(passphrase: Self.secret("correct horse"))
    let armour = pem.withBytes { unsafe $0.withUnsafeBytes { unsafe Array($0) } }
    #expect(String(decoding: armour, as: UTF8.self).hasPrefix("-----BEGIN ENCRYPTED PRIVATE KEY"))
    let again = try RSAPrivateKey(pem: pem, passphrase: Self.secret("correct horse"))
    #expect(again.publicKey.thumbprint == TestKeys.rsa2048.publicKey.thumbprint)
    #expect(throws: CryptographyError.passphraseWrong) {
      try RSAPrivateKey(pem: pem, passphrase: Self.secret("correct hors"))
    }
    #expect(throws: CryptographyError.passphraseWrong) {
      try RSAPrivateKey(pem: pem, passphrase: Self.secret(String(repeating: "x", count: 2000)))
    }
    #expect(throws: CryptographyError.passphraseNeeded) {
      try RSAPrivateKey(pem: pem, passphrase: nil)
    }
  }

  @Test func `an empty or overlong passphrase is refused`() throws {
    for text in ["", String(repeating: "x", count: 1025)] {
      #expect(throws: CryptographyError.passphraseEmpty) {
        _ = try TestKeys.rsa2048.pem(passphrase: Self.secret(text))
      }
    }
  }

  @Test(.enabled(if: Judge.hasOpenSSL, "the openssl tool is absent"))
  func `openssl reads our keys and finds the protection we name`() throws {
    let folder = try Scratch()
    let path = folder.path + "/private.pem"
    try TestKeys.rsa2048.writePEM(toNewFile: path, passphrase: Self.secret("correct horse"))
    let word = try folder.write("passphrase", "correct horse\n", mode: 0o600)
    let pem = try Judge.run([
      "openssl", "pkey", "-in", path, "-passin", "file:\(word)", "-pubout",
    ])
    #expect(String(decoding: pem, as: UTF8.self) == TestKeys.rsa2048.publicKey.pem)
    let parsed = String(
      decoding: try Judge.run(["openssl", "asn1parse", "-in", path]), as: UTF8.self)
    #expect(parsed.contains("PBES2"))
    #expect(parsed.contains("scrypt") || parsed.contains("1.3.6.1.4.1.11591.4.11"))
    #expect(parsed.contains("aes-256-cbc"))
    #expect(parsed.contains("INTEGER           :4000"))
  }

  @Test(.enabled(if: Judge.hasOpenSSL, "the openssl tool is absent"))
  func `we read the keys that openssl writes, PKCS8 and PKCS1, with PBKDF2`() throws {
    let folder = try Scratch()
    let pem = try Judge.run(["openssl", "genpkey", "-algorithm", "RSA"])
    let plain = try RSAPrivateKey(pemText: String(decoding: pem, as: UTF8.self))
    let old = try Judge.run(["openssl", "rsa", "-traditional"], input: pem)
    let again = try RSAPrivateKey(pemText: String(decoding: old, as: UTF8.self))
    #expect(again.publicKey.thumbprint == plain.publicKey.thumbprint)
    let word = try folder.write("passphrase", "pass", mode: 0o600)
    let closed = try Judge.run(
      [
        "openssl", "pkcs8", "-topk8", "-v2", "aes-256-cbc", "-iter", "600000", "-passout",
        "file:\(word)",
      ], input: pem)
    let opened = try RSAPrivateKey(
      pemText: String(decoding: closed, as: UTF8.self), passphrase: "pass")
    #expect(opened.publicKey.thumbprint == plain.publicKey.thumbprint)
  }

  @Test(.enabled(if: Judge.hasPythonCryptography, "Python's cryptography is absent"))
  func `Python's cryptography reads a key that we protected`() throws {
    let folder = try Scratch()
    let path = folder.path + "/private.pem"
    try TestKeys.rsa2048.writePEM(toNewFile: path, passphrase: Self.secret("correct horse"))
    let pem = try Judge.python(
      """
      import sys
      from cryptography.hazmat.primitives import serialization as s
      key = s.load_pem_private_key(open(sys.argv[1], "rb").read(), b"correct horse")
      sys.stdout.buffer.write(key.public_key().public_bytes(
          s.Encoding.PEM, s.PublicFormat.SubjectPublicKeyInfo))
      """, [path])
    #expect(String(decoding: pem, as: UTF8.self) == TestKeys.rsa2048.publicKey.pem)
  }

  @Test func `text that is no private key is refused`() throws {
    let publicPEM = TestKeys.rsa2048.publicKey.pem
    let cases = ["", "hello", publicPEM, "-----BEGIN PRIVATE KEY-----\nAAAA\n"]
    for text in cases {
      #expect(throws: (any Error).self) { try RSAPrivateKey(pemText: text) }
    }
    #expect(throws: CryptographyError.notAPrivateKey) { try RSAPrivateKey(pemText: publicPEM) }
  }
}
