import Testing

@testable import DestinationKit

@Suite struct SealedTextTests {
  @Test(arguments: [344, 512, 684])
  func `base64 of an RSA block is encrypted`(length: Int) {
    let text = String(repeating: "aZ0+", count: length / 4 - 1) + "xy=="
    #expect(SealedText(text).seal == .oaep)
    #expect(SealedText(text).isEncrypted)
    #expect(!SealedText(String(text.dropLast())).isEncrypted)
    #expect(!SealedText("-" + text.dropFirst()).isEncrypted)
  }

  @Test func `a JWE and a token are known`() {
    #expect(SealedText("eyJhbGciOiJSU0EtT0FFUC0yNTYifQ.a.b.c.d").seal == .jwe)
    #expect(SealedText("eyJhbGciOiJSU0EtT0FFUC0yNTYifQ.a.b.c").seal == nil)
    #expect(SealedText("tk1_0a1b2c3d_AAAA").seal == .token)
  }

  @Test(arguments: ["", "jane@example.com", "eyJ", "tk1_", "....", "eyJ....."])
  func `other texts are in the clear`(text: String) {
    #expect(SealedText(text).seal == nil)
  }
}
