import Foundation
import Testing

@testable import DestinationHost

@Suite struct MessageIDsTests {
  @Test func `each is a random UUID, and no two are alike`() throws {
    var ids = MessageIDs()
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
}
