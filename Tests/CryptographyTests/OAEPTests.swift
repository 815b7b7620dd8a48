import Foundation
import Testing
import Workbench

@testable import Cryptography

struct OAEPTests {
  @Test(arguments: [(2048, 190), (3072, 318), (4096, 446)])
  func `every length up to the longest goes there and back`(bits: Int, longest: Int) throws {
    var encryptor = try OAEPEncryptor(TestKeys.key(bits).publicKey)
    var decryptor = try OAEPDecryptor(TestKeys.key(bits))
    #expect(encryptor.maximumPlaintext == longest)
    for length in [0, 1, 31, 32, longest - 1, longest] {
      let plaintext = SecureRandom.bytes(length)
      let ciphertext = try encryptor.encrypted(plaintext)
      #expect(ciphertext.count == bits / 8)
      #expect(try decryptor.decrypted(ciphertext) == plaintext)
      #expect(try encryptor.encrypted(plaintext) != ciphertext)
    }
    let error = #expect(throws: CryptographyError.self) {
      _ = try encryptor.encrypted(SecureRandom.bytes(longest + 1))
    }
    #expect(error == .plaintextTooLong(length: longest + 1, maximum: longest))
    #expect(
      error?.description
        == "value refused: it has \(longest + 1) bytes and the key takes \(longest). "
        + "Use a longer key or the format `jwe`.")
  }

  @Test func `a changed, cut, long or foreign ciphertext fails with the one text`() throws {
    var encryptor = try OAEPEncryptor(TestKeys.rsa2048.publicKey)
    var decryptor = try OAEPDecryptor(TestKeys.rsa2048)
    var stranger = try OAEPDecryptor(TestKeys.other2048)
    let ciphertext = try encryptor.encrypted([1, 2, 3])
    var flipped = ciphertext
    flipped[100] ^= 1
    let bad = [
      flipped, Array(ciphertext.dropLast()), ciphertext + [0], [],
      [UInt8](repeating: 0, count: 256), [UInt8](repeating: 255, count: 256),
    ]
    for bytes in bad {
      let error = #expect(throws: CryptographyError.self) { try decryptor.decrypted(bytes) }
      #expect(error == .decryptionFailed)
      #expect(error?.description == "could not be decrypted")
    }
    #expect(throws: CryptographyError.decryptionFailed) { try stranger.decrypted(ciphertext) }
    #expect(try decryptor.decrypted(ciphertext) == [1, 2, 3])
  }

  @Test(
    .enabled(if: Judge.hasOpenSSL, "the openssl tool is absent"), arguments: [2048, 3072, 4096])
  func `openssl pkeyutl opens what we made, and we open what it made`(bits: Int) throws {
    let folder = try Scratch()
    let key = TestKeys.key(bits)
    let privatePath = folder.path + "/private.pem"
    try key.writePEM(toNewFile: privatePath, passphrase: nil)
    let publicPath = try folder.write("public.pem", key.publicKey.pem, mode: 0o644)
    let options = [
      "-pkeyopt", "rsa_padding_mode:oaep", "-pkeyopt", "rsa_oaep_md:sha256", "-pkeyopt",
      "rsa_mgf1_md:sha256",
    ]
    let plaintext = Array("an example: ü".utf8)
    var encryptor = try OAEPEncryptor(key.publicKey)
    let opened = try Judge.run(
      ["openssl", "pkeyutl", "-decrypt", "-inkey", privatePath] + options,
      input: encryptor.encrypted(plaintext))
    #expect(opened == plaintext)
    let theirs = try Judge.run(
      ["openssl", "pkeyutl", "-encrypt", "-pubin", "-inkey", publicPath] + options,
      input: plaintext)
    var decryptor = try OAEPDecryptor(key)
    #expect(try decryptor.decrypted(theirs) == plaintext)
  }

  // MARK: - Wycheproof

  @Test(
    .enabled(if: Vectors.has("rsa_oaep_2048_sha256_mgf1sha256_test.json"), "vectors are absent"))
  func `Wycheproof's OAEP vectors open or are refused as they say`() throws {
    let file = try Vectors.load(
      OAEPVectors.self, "rsa_oaep_2048_sha256_mgf1sha256_test.json")
    var seen = 0
    for group in file.testGroups {
      let key = try RSAPrivateKey(pemText: group.privateKeyPem)
      for test in group.tests {
        seen += 1
        var decryptor = try OAEPDecryptor(key)
        let plaintext = try? decryptor.decrypted(Vectors.bytes(test.ct))
        let label = try Vectors.bytes(test.label)
        let opens = test.result == "valid" && label.isEmpty
        #expect(plaintext == (opens ? try Vectors.bytes(test.msg) : nil), "tcId \(test.tcId)")
        guard !label.isEmpty else { continue }
        var labelled = try OAEPDecryptor(key, label: label)
        let withLabel = try? labelled.decrypted(Vectors.bytes(test.ct))
        #expect(
          withLabel == (test.result == "valid" ? try Vectors.bytes(test.msg) : nil),
          "tcId \(test.tcId)")
      }
    }
    #expect(seen == file.numberOfTests)
  }

  @Test(.enabled(if: Vectors.has("rsa_oaep_2048_sha256_mgf1sha1_test.json"), "vectors are absent"))
  func `nothing made with MGF1 and SHA-1 opens`() throws {
    let file = try Vectors.load(OAEPVectors.self, "rsa_oaep_2048_sha256_mgf1sha1_test.json")
    for group in file.testGroups {
      var decryptor = try OAEPDecryptor(RSAPrivateKey(pemText: group.privateKeyPem))
      for test in group.tests {
        #expect(throws: CryptographyError.decryptionFailed, "tcId \(test.tcId)") {
          try decryptor.decrypted(Vectors.bytes(test.ct))
        }
      }
    }
  }
}

private struct OAEPVectors: Decodable {
  struct Group: Decodable {
    let privateKeyPem: String
    let tests: [Vector]
  }
  struct Vector: Decodable {
    let tcId: Int
    let msg: String
    let ct: String
    let label: String
    let result: String
  }
  let numberOfTests: Int
  let testGroups: [Group]
}
