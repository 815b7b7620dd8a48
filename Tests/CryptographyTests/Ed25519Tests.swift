import Cryptography
import Foundation
import Testing
import Workbench

struct Ed25519Tests {
  private static func signature(
    of message: [UInt8], by key: Ed25519.SigningKey
  ) throws -> [UInt8] {
    try unsafe key.signature(of: message.span.bytes)
  }

  private static func verifies(
    _ signature: [UInt8], of message: [UInt8], by key: Ed25519.VerifyingKey
  ) throws -> Bool {
    try unsafe key.verifies(signature.span.bytes, of: message.span.bytes)
  }

  /// RFC 8032 section 7.1, tests 1 to 3.
  @Test(arguments: [
    (
      "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        + "d25bf5f0595bbe24655141438e7a100b"
    ),
    (
      "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        + "387b2eaeb4302aeeb00d291612bb0c00"
    ),
    (
      "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
      "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
        + "4a7c15e9716ed28dc027beceea1ec40a"
    ),
  ])
  func `the published signatures come out`(
    seed: String, publicKey: String, message: String, signature: String
  ) throws {
    let bytes = try Vectors.bytes(seed)
    let secret = unsafe SecretBytes(copying: bytes.span.bytes)
    let key = try Ed25519.SigningKey(seed: secret)
    let message = try Vectors.bytes(message)
    #expect(key.verifyingKey.rawBytes == (try Vectors.bytes(publicKey)))
    #expect(try Self.signature(of: message, by: key) == Vectors.bytes(signature))
    #expect(try Self.verifies(Vectors.bytes(signature), of: message, by: key.verifyingKey))
  }

  @Test(.enabled(if: Vectors.has("ed25519_test.json"), "vectors are absent"))
  func `Wycheproof's signatures verify or are refused as they say`() throws {
    let file = try Vectors.load(SignatureVectors.self, "ed25519_test.json")
    var seen = 0
    for group in file.testGroups {
      let key = try Ed25519.VerifyingKey(rawBytes: Vectors.bytes(group.publicKey.pk))
      #expect(
        try Ed25519.VerifyingKey(pem: Array(group.publicKeyPem.utf8)).rawBytes == key.rawBytes)
      for test in group.tests {
        seen += 1
        let verified = try Self.verifies(
          Vectors.bytes(test.sig), of: Vectors.bytes(test.msg), by: key)
        #expect(verified == (test.result == "valid"), "tcId \(test.tcId)")
      }
    }
    #expect(seen == file.numberOfTests)
  }

  @Test func `keys are written and read again, with and without a passphrase`() throws {
    let folder = try Scratch()
    let key = try Ed25519.SigningKey.generate()
    let path = folder.path + "/signing.pem"
    try key.writePEM(toNewFile: path, passphrase: nil)
    let again = try Ed25519.SigningKey(pem: SecretBytes(readingFile: path), passphrase: nil)
    #expect(again.verifyingKey.rawBytes == key.verifyingKey.rawBytes)
    let publicPEM = Array(try key.verifyingKey.pem().utf8)
    #expect(try Ed25519.VerifyingKey(pem: publicPEM).rawBytes == key.verifyingKey.rawBytes)
    let word = Array("pass".utf8)
    let passphrase: SecretBytes? = unsafe SecretBytes(copying: word.span.bytes)
    let closed = try key.pem(passphrase: passphrase)
    let opened = try Ed25519.SigningKey(pem: closed, passphrase: passphrase)
    #expect(opened.verifyingKey.rawBytes == key.verifyingKey.rawBytes)
    #expect(throws: CryptographyError.passphraseNeeded) {
      try Ed25519.SigningKey(pem: closed, passphrase: nil)
    }
    #expect(throws: CryptographyError.fileExists(path: path)) {
      try key.writePEM(toNewFile: path, passphrase: nil)
    }
  }

  @Test func `a key of another kind is refused`() throws {
    let rsa = TestKeys.rsa2048
    #expect(throws: CryptographyError.notASigningKey) {
      try Ed25519.SigningKey(pem: rsa.pem(passphrase: nil), passphrase: nil)
    }
    #expect(throws: CryptographyError.notAVerifyingKey) {
      try Ed25519.VerifyingKey(pem: Array(rsa.publicKey.pem.utf8))
    }
    #expect(throws: CryptographyError.notAVerifyingKey) {
      try Ed25519.VerifyingKey(rawBytes: [1, 2, 3])
    }
    let signing = try Ed25519.SigningKey.generate()
    #expect(throws: CryptographyError.notAPrivateKey) {
      try RSAPrivateKey(pem: signing.pem(passphrase: nil), passphrase: nil)
    }
    #expect(throws: CryptographyError.notASigningKey) {
      try Ed25519.SigningKey(seed: SecretBytes(count: 31))
    }
  }

  @Test(.enabled(if: Judge.hasOpenSSL, "the openssl tool is absent"))
  func `openssl verifies what we sign`() throws {
    let folder = try Scratch()
    let key = try Ed25519.SigningKey.generate()
    let message = try folder.write("message", "an example", mode: 0o600)
    let signature = try Self.signature(of: Array("an example".utf8), by: key)
    let signaturePath = folder.path + "/signature"
    try Data(signature).write(to: URL(fileURLWithPath: signaturePath))
    let publicPath = try folder.write("public.pem", key.verifyingKey.pem(), mode: 0o600)
    try Judge.run([
      "openssl", "pkeyutl", "-verify", "-rawin", "-in", message, "-sigfile", signaturePath,
      "-pubin", "-inkey", publicPath,
    ])
  }
}

private struct SignatureVectors: Decodable {
  struct Group: Decodable {
    let publicKey: PublicKey
    let publicKeyPem: String
    let tests: [Vector]
  }
  struct PublicKey: Decodable {
    let pk: String
  }
  struct Vector: Decodable {
    let tcId: Int
    let msg: String
    let sig: String
    let result: String
  }
  let numberOfTests: Int
  let testGroups: [Group]
}
