import Cryptography
import FieldEncryption
import Foundation
import Testing
import Workbench

struct JudgeTests {
  private static let text = "Zoë 李 🩺 \"quoted\""
  private static let json = #""Zo\u00eb 李 🩺 \"quoted\"""#

  /// The key in a file, as its owner has it.
  private func write(_ key: RSAPrivateKey, _ folder: Scratch) throws -> String {
    let path = folder.path + "/private.pem"
    try key.writePEM(toNewFile: path, passphrase: nil)
    return path
  }

  private func ciphertext(_ string: String) throws -> [UInt8] {
    let text = Array(string.content.utf8)
    var bytes: [UInt8] = []
    try unsafe Base64.decode(text.span.bytes, appendingTo: &bytes)
    return bytes
  }

  @Test(
    .enabled(if: Judge.hasOpenSSL, "the openssl tool is absent"), arguments: [2048, 3072, 4096])
  func `openssl pkeyutl opens the raw form`(bits: Int) throws {
    let folder = try Scratch()
    let path = try write(TestKeys.key(bits), folder)
    let string = try sealed(Self.json, key: TestKeys.key(bits), format: .oaep)
    let plaintext = try Judge.run(
      [
        "openssl", "pkeyutl", "-decrypt", "-inkey", path, "-pkeyopt", "rsa_padding_mode:oaep",
        "-pkeyopt", "rsa_oaep_md:sha256", "-pkeyopt", "rsa_mgf1_md:sha256",
      ], input: ciphertext(string))
    #expect(String(decoding: plaintext, as: UTF8.self) == Self.text)
  }

  @Test(
    .enabled(if: Judge.hasPythonCryptography, "Python's cryptography is absent"),
    arguments: [2048, 3072, 4096])
  func `Python's cryptography opens the raw form, and we open what it makes`(bits: Int) throws {
    let folder = try Scratch()
    let path = try write(TestKeys.key(bits), folder)
    let string = try sealed(Self.json, key: TestKeys.key(bits), format: .oaep)
    let answer = try Judge.python(
      """
      import base64, sys
      from cryptography.hazmat.primitives import hashes, serialization
      from cryptography.hazmat.primitives.asymmetric import padding
      key = serialization.load_pem_private_key(open(sys.argv[1], "rb").read(), None)
      oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
      text = key.decrypt(base64.b64decode(sys.stdin.read(), validate=True), oaep)
      print(text.decode())
      print(base64.b64encode(key.public_key().encrypt(text, oaep)).decode())
      """, [path], input: Array(string.content.utf8))
    let lines = String(decoding: answer, as: UTF8.self).split(separator: "\n").map(String.init)
    #expect(lines.first == Self.text)
    let back = try opened(try #require(lines.last), keys: [TestKeys.key(bits)]).json
    #expect(back.flatMap(unescaped) == Self.text)
  }

  /// RFC 7516 by hand, so that the JWE is judged also where no JOSE library is.
  @Test(.enabled(if: Judge.hasPythonCryptography, "Python's cryptography is absent"))
  func `Python's cryptography opens the JWE by the steps of RFC 7516`() throws {
    let folder = try Scratch()
    let path = try write(TestKeys.rsa3072, folder)
    let string = try sealed(Self.json, key: TestKeys.rsa3072, format: .jwe)
    let answer = try Judge.python(
      """
      import base64, sys
      from cryptography.hazmat.primitives import hashes, serialization
      from cryptography.hazmat.primitives.asymmetric import padding
      from cryptography.hazmat.primitives.ciphers.aead import AESGCM
      key = serialization.load_pem_private_key(open(sys.argv[1], "rb").read(), None)
      oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
      parts = sys.stdin.read().split(".")
      wrapped, iv, text, tag = (base64.urlsafe_b64decode(p + "==") for p in parts[1:])
      print(AESGCM(key.decrypt(wrapped, oaep)).decrypt(iv, text + tag, parts[0].encode()).decode())
      """, [path], input: Array(string.content.utf8))
    #expect(String(decoding: answer, as: UTF8.self) == Self.text + "\n")
  }

  @Test(
    .enabled(if: Judge.hasJOSE, "Python's joserfc is absent"), arguments: [2048, 3072, 4096])
  func `joserfc opens the JWE, and we open what it makes`(bits: Int) throws {
    let folder = try Scratch()
    let path = try write(TestKeys.key(bits), folder)
    let string = try sealed(#"{"a": [1.50]}"#, key: TestKeys.key(bits), format: .jwe)
    let answer = try Judge.python(
      """
      import sys
      from joserfc import jwe
      from joserfc.jwk import RSAKey
      key = RSAKey.import_key(open(sys.argv[1], "rb").read())
      names = ["RSA-OAEP-256", "A256GCM"]
      value = jwe.decrypt_compact(sys.stdin.read(), key, algorithms=names)
      print(value.plaintext.decode())
      print(value.headers()["kid"] == key.thumbprint() and value.headers()["cty"] == "json")
      header = {"alg": "RSA-OAEP-256", "enc": "A256GCM", "kid": key.thumbprint()}
      print(jwe.encrypt_compact(header, "theirs", key, algorithms=names))
      """, [path], input: Array(string.content.utf8))
    let lines = String(decoding: answer, as: UTF8.self).split(separator: "\n").map(String.init)
    try #require(lines.count == 3)
    #expect(lines[0] == #"{"a": [1.50]}"#)
    #expect(lines[1] == "True")
    #expect(try opened(lines[2], keys: [TestKeys.key(bits)]).json == #""theirs""#)
  }

  // MARK: - Wycheproof

  @Test(.enabled(if: Vectors.has("json_web_encryption_test.json"), "vectors are absent"))
  func `Wycheproof's JWEs open exactly when they are valid and of our algorithms`() throws {
    let file = try Vectors.load(WebVectors.self, "json_web_encryption_test.json")
    var openable = 0
    for group in file.testGroups {
      guard let n = group.private.n else { continue }
      let key = try RSAPrivateKey(pemText: try group.private.pem())
      #expect(n.utf8.count >= 342)
      for test in group.tests {
        guard let jwe = test.jwe else { continue }
        let header = jwe.parts[0].base64Text
        let isOurs = header.contains(#""RSA-OAEP-256""#) && header.contains(#""A256GCM""#)
        let opens = test.result == "valid" && isOurs && !header.contains("zip")
        let json = try opened(jwe, keys: [key]).json
        openable += opens ? 1 : 0
        #expect((json != nil) == opens, "tcId \(test.tcId)")
        guard opens, let plaintext = test.pt else { continue }
        let text = Array((json.flatMap(unescaped) ?? "").utf8)
        #expect(text.map { String(format: "%02x", $0) }.joined() == plaintext)
      }
    }
    #expect(openable > 0)
  }
}

private struct WebVectors: Decodable {
  struct Group: Decodable {
    let `private`: WebPrivateKey
    let tests: [Vector]
  }
  struct Vector: Decodable {
    let tcId: Int
    let result: String
    let jwe: String?
    let pt: String?
  }
  let testGroups: [Group]
}

/// An RSA private key as a JWK, turned into PKCS#1 (RFC 8017 appendix A.1.2).
private struct WebPrivateKey: Decodable {
  let n: String?
  let e: String?
  let d: String?
  let p: String?
  let q: String?
  let dp: String?
  let dq: String?
  let qi: String?

  func pem() throws -> String {
    var numbers = der(2, [0])
    for number in [n, e, d, p, q, dp, dq, qi] {
      let bytes = try (number ?? "").fromBase64URL()
      numbers += der(2, bytes.first.map { $0 >= 0x80 } == true ? [0] + bytes : bytes)
    }
    let text = Data(der(0x30, numbers)).base64EncodedString(options: .lineLength64Characters)
    return "-----BEGIN RSA PRIVATE KEY-----\n\(text)\n-----END RSA PRIVATE KEY-----\n"
      .replacingOccurrences(of: "\r", with: "")
  }

  private func der(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    let length = content.count
    let head: [UInt8] =
      length < 128
      ? [UInt8(length)]
      : length < 256 ? [0x81, UInt8(length)] : [0x82, UInt8(length >> 8), UInt8(length & 255)]
    return [tag] + head + content
  }
}

extension String {
  fileprivate var base64Text: String {
    String(decoding: (try? fromBase64URL()) ?? [], as: UTF8.self)
  }
}
