import EventJSON
import Testing

@testable import DestinationHost

@Suite struct FieldSelectionTests {
  @Test func `each destination takes its own keys of one lookup`() throws {
    let selection = FieldSelection([["email", "phone"], [], ["email", "mrn"]])
    #expect(selection.keys.count == 3)
    var scanner = EventScanner(selecting: selection.keys)
    let event = Array(
      #"{"type":"page","userId":"u","properties":{"phone":1,"mrn":2,"email":3,"x":4}}"#.utf8)
    #expect(unsafe scanner.scan(event.span.bytes) == nil)
    let chosen = (0..<3).map { destination in
      scanner.matches.filter { selection.keys(of: destination)[Int($0.key)] }.map { match in
        String(decoding: event[match.start..<match.end], as: UTF8.self)
      }
    }
    #expect(chosen == [["1", "3"], [], ["2", "3"]])
  }
}
