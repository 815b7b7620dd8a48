import Cryptography
import Foundation
import Testing

struct Base64Tests {
  /// RFC 4648 section 10.
  static let published = [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
    ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
  ]

  static func decode(_ text: String, url: Bool = false) throws -> [UInt8] {
    let characters = Array(text.utf8)
    var out: [UInt8] = [7]
    if url {
      try unsafe Base64URL.decode(characters.span.bytes, appendingTo: &out)
    } else {
      try unsafe Base64.decode(characters.span.bytes, appendingTo: &out)
    }
    return Array(out.dropFirst())
  }

  @Test(arguments: published)
  func `the published pairs go both ways`(plain: String, text: String) throws {
    let bytes = Array(plain.utf8)
    let bare = text.filter { $0 != "=" }
    #expect(unsafe Base64.encode(bytes.span.bytes) == text)
    #expect(unsafe Base64URL.encode(bytes.span.bytes) == bare)
    #expect(try Self.decode(text) == bytes)
    #expect(try Self.decode(bare, url: true) == bytes)
    #expect(Base64.encodedLength(of: bytes.count) == text.utf8.count)
    #expect(Base64URL.encodedLength(of: bytes.count) == bare.utf8.count)
  }

  @Test(arguments: [0, 1, 5, 6, 7, 8, 9, 11, 12, 13, 14, 255, 256, 3071, 3072, 3073, 3080, 7000])
  func `the text is what Foundation writes`(count: Int) {
    let bytes = SecureRandom.bytes(count)
    let text = Data(bytes).base64EncodedString()
    #expect(unsafe Base64.encode(bytes.span.bytes) == text)
    let ofURL = text.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    #expect(unsafe Base64URL.encode(bytes.span.bytes) == ofURL)
  }

  @Test func `every length up to several pieces goes there and back`() throws {
    for count in Array(0...70) + [3071, 3072, 3073, 6144, 10_000] {
      let bytes = SecureRandom.bytes(count)
      #expect(try Self.decode(unsafe Base64.encode(bytes.span.bytes)) == bytes)
      #expect(try Self.decode(unsafe Base64URL.encode(bytes.span.bytes), url: true) == bytes)
    }
  }

  @Test(arguments: [
    "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm8", "Z", "====", "Zm9v\n", "Zm 9v", "Zm-v", "Zm_v",
    "Zg==Zg==", "=Zg=", "Zm9vé", "Zm9v====",
  ])
  func `text that is not canonical is refused`(text: String) {
    #expect(throws: CryptographyError.notBase64) { try Self.decode(text) }
  }

  @Test(arguments: ["Zg==", "Zh", "Zm9", "Z", "Zm+v", "Zm/v", "Zm8="])
  func `base64url that is not canonical is refused`(text: String) {
    #expect(throws: CryptographyError.notBase64) { try Self.decode(text, url: true) }
  }

  @Test func `a refused text appends nothing`() {
    var out: [UInt8] = [1, 2]
    let text = Array("Zm9vZm9vZ!==".utf8)
    #expect(throws: CryptographyError.notBase64) {
      try unsafe Base64.decode(text.span.bytes, appendingTo: &out)
    }
    #expect(out == [1, 2])
  }
}
