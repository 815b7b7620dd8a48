import EventJSON
import Privacy
import Testing

@testable import DestinationHost

@Suite struct FieldSelectionTests {
  @Test func `each destination takes its own keys of one lookup`() throws {
    let selection = FieldSelection([
      ["email": .encrypt, "phone": .remove], [:], ["email": .tokenize, "mrn": .encrypt],
    ])
    #expect(selection.keys.count == 3)
    var scanner = EventScanner(selecting: selection.keys)
    let event = Array(
      #"{"type":"page","userId":"u","properties":{"phone":1,"mrn":2,"email":3,"x":4}}"#.utf8)
    #expect(unsafe scanner.scan(event.span.bytes) == nil)
    let chosen = (0..<3).map { destination in
      scanner.matches.map { selection.actions(of: destination)[Int($0.key)] }
    }
    #expect(
      chosen == [
        [.remove, .pass, .encrypt], [.pass, .pass, .pass], [.pass, .encrypt, .tokenize],
      ])
  }
}
