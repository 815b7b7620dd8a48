import Cryptography
import Foundation
import Testing

@testable import DestinationHost

@Suite struct MessageIDsTests {
  @Test func `each is a random UUID, and no two are alike`() throws {
    var ids = try MessageIDs(key: SecretBytes(count: 32))
    var seen: Set<String> = []
    for _ in 0..<2_000 {
      let text = String(decoding: ids.next(), as: UTF8.self)
      let form = #/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/#
      #expect(text.wholeMatch(of: form) != nil)
      #expect(UUID(uuidString: text) != nil)
      seen.insert(text)
    }
    #expect(seen.count == 2_000)
  }

  @Test func `of a line that is read again it is the same, of any other not`() throws {
    func id(_ line: String, _ number: Int, _ input: UInt8, _ key: String = "0") throws -> String {
      var secret = Array(key.utf8)
      var ids = try MessageIDs(key: SecretBytes(moving: &secret))
      let bytes = Array(line.utf8)
      let id = unsafe ids.of(
        bytes.span.bytes, number: number, in: [UInt8](repeating: input, count: 16))
      return String(decoding: id, as: UTF8.self)
    }
    let first = try id("line", 7, 1)
    #expect(
      first.wholeMatch(
        of: #/[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/#) != nil)
    #expect(try id("line", 7, 1) == first)
    let others = [
      try id("line", 8, 1), try id("line", 7, 2), try id("lines", 7, 1), try id("line", 7, 1, "1"),
      try id("line", 7 << 8, 1),
    ]
    #expect(Set(others + [first]).count == 6)
  }
}
