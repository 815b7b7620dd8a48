import Cryptography
import Testing

struct AES256GCMTests {
  private static func cipher(key: [UInt8]) throws -> AES256GCM {
    var cipher = try AES256GCM()
    try cipher.setKey(unsafe SecretBytes(copying: key.span.bytes))
    return cipher
  }

  /// McGrew and Viega, "The Galois/Counter Mode of Operation", test cases 13, 14 and 16.
  @Test(arguments: [
    (
      String(repeating: "00", count: 32), String(repeating: "00", count: 12), "", "",
      "530f8afbc74536b9a963b4f1c4cb738b"
    ),
    (
      String(repeating: "00", count: 32), String(repeating: "00", count: 12), "",
      String(repeating: "00", count: 16),
      "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"
    ),
    (
      "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
      "cafebabefacedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b5"
        + "25b16aedf5aa0de657ba637b39",
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838"
        + "c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b"
    ),
  ])
  func `published vectors come out and open`(
    key: String, iv: String, header: String, plaintext: String, sealed: String
  ) throws {
    var cipher = try Self.cipher(key: Vectors.bytes(key))
    let (iv, header) = (try Vectors.bytes(iv), try Vectors.bytes(header))
    let (plaintext, sealed) = (try Vectors.bytes(plaintext), try Vectors.bytes(sealed))
    #expect(try cipher.sealed(plaintext, iv: iv, header: header) == sealed)
    #expect(try cipher.opened(sealed, iv: iv, header: header) == plaintext)
  }

  @Test func `one context seals and opens in turn, with keys in turn`() throws {
    var cipher = try AES256GCM()
    for round in 0..<50 {
      var key = SecretBytes(count: 32)
      var pool = RandomPool()
      pool.fill(&key)
      try cipher.setKey(key)
      let plaintext = SecureRandom.bytes(round * 7)
      for number in 0..<3 {
        let iv = [UInt8](repeating: UInt8(number), count: 12)
        let sealed = try cipher.sealed(plaintext, iv: iv, header: [UInt8(round)])
        #expect(sealed.count == plaintext.count + 16)
        #expect(try cipher.opened(sealed, iv: iv, header: [UInt8(round)]) == plaintext)
      }
    }
  }

  @Test func `any change is refused with the one text and leaves nothing`() throws {
    var cipher = try Self.cipher(key: SecureRandom.bytes(32))
    let iv = [UInt8](repeating: 1, count: 12)
    let sealed = try cipher.sealed([1, 2, 3], iv: iv, header: [9])
    for index in sealed.indices {
      var changed = sealed
      changed[index] ^= 0x80
      #expect(throws: CryptographyError.decryptionFailed) {
        try cipher.opened(changed, iv: iv, header: [9])
      }
    }
    let wrong: [([UInt8], [UInt8], [UInt8])] = [
      (sealed, iv, [8]), (sealed, iv, []), (sealed, [UInt8](repeating: 2, count: 12), [9]),
      (sealed, Array(iv.dropLast()), [9]), (Array(sealed.dropLast()), iv, [9]), ([], iv, [9]),
      (Array(sealed.prefix(16)), iv, [9]),
    ]
    for (bytes, iv, header) in wrong {
      var out: [UInt8] = [5]
      #expect(throws: CryptographyError.decryptionFailed) {
        try unsafe cipher.open(
          bytes.span.bytes, iv: iv.span.bytes, authenticating: header.span.bytes,
          appendingTo: &out)
      }
      #expect(out == [5])
    }
  }

  @Test func `no key and a key of another length are refused`() throws {
    var cipher = try AES256GCM()
    #expect(throws: CryptographyError.self) {
      try cipher.sealed([1], iv: [UInt8](repeating: 0, count: 12), header: [])
    }
    #expect(throws: CryptographyError.invalidParameter("AES-256 key length")) {
      try cipher.setKey(SecretBytes(count: 16))
    }
  }
}
