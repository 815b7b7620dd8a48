import Cryptography
import Testing

struct SHA256Tests {
  /// FIPS 180-4 examples (NIST CSRC, "Examples with Intermediate Values").
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func `published digests come out`(text: String, hex: String) {
    #expect(SHA256.hash(Array(text.utf8)).hex == hex)
  }

  @Test func `pieces give the digest of the whole, and the hasher can start again`() {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    var hasher = SHA256Hasher()
    for _ in 0..<2 {
      for start in stride(from: 0, to: 1000, by: 37) {
        unsafe hasher.update(Array(bytes[start..<min(start + 37, 1000)]).span.bytes)
      }
      #expect(hasher.finalizeAndReset() == SHA256.hash(bytes))
    }
  }

  @Test func `a digest is read back from its own text and from no other`() throws {
    let digest = SHA256.hash([1, 2, 3])
    #expect(SHA256Digest(hex: digest.hex) == digest)
    #expect(SHA256Digest(hex: digest.hex.uppercased()) == nil)
    #expect(SHA256Digest(hex: String(digest.hex.dropLast())) == nil)
    #expect(SHA256Digest(hex: digest.hex + "00") == nil)
    #expect(SHA256Digest(hex: String(repeating: "g", count: 64)) == nil)
    #expect(SHA256Digest(bytes: [1]) == nil)
  }

  @Test func `bytes are compared whole`() {
    func equal(_ a: [UInt8], _ b: [UInt8]) -> Bool {
      unsafe constantTimeEqual(a.span.bytes, b.span.bytes)
    }
    #expect(equal([], []))
    #expect(equal([1, 2, 3], [1, 2, 3]))
    #expect(!equal([1, 2, 3], [1, 2, 4]))
    #expect(!equal([1, 2, 3], [1, 2]))
  }
}
