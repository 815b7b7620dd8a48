import EventJSON
import Workbench

/// The error of one JSON text, nil when it is accepted.
func jsonError(_ bytes: [UInt8]) -> JSONError? {
  do {
    try forEachString(in: bytes) { _ in }
    return nil
  } catch {
    return error as? JSONError
  }
}

func jsonError(_ text: String) -> JSONError? { jsonError(Array(text.utf8)) }

/// The content of every string value of one JSON text.
func forEachString(in bytes: [UInt8], _ body: (Range<Int>) throws -> Void) throws {
  unsafe try JSONStringScanner.forEachString(in: bytes.span.bytes, body)
}

func unescape(_ content: [UInt8], appendingTo out: inout [UInt8]) -> Bool {
  unsafe JSONString.unescape(content.span.bytes, appendingTo: &out)
}

func escape(_ text: [UInt8], appendingTo out: inout [UInt8]) {
  unsafe JSONString.escape(text.span.bytes, appendingTo: &out)
}

extension EventScanner {
  mutating func scan(_ bytes: [UInt8]) -> EventRejection? { unsafe scan(bytes.span.bytes) }
}

/// What a scanner says of one event, with the values that it matched as text.
struct Scanned {
  struct Match: Equatable {
    let key: String
    let value: String

    init(_ key: String, _ value: String) { (self.key, self.value) = (key, value) }
  }

  let bytes: [UInt8]
  let rejection: EventRejection?
  let shape: EventShape
  let keyMatches: [KeyMatch]
  let matches: [Match]

  init(_ bytes: [UInt8], selecting keys: [String] = []) {
    var scanner = EventScanner(selecting: KeySelection(keys))
    self.bytes = bytes
    rejection = scanner.scan(bytes)
    shape = scanner.shape
    keyMatches = scanner.matches
    matches =
      rejection != nil
      ? []
      : keyMatches.map {
        Match(keys[Int($0.key)], String(decoding: bytes[$0.start..<$0.end], as: UTF8.self))
      }
  }

  init(_ text: String, selecting keys: [String] = []) {
    self.init(Array(text.utf8), selecting: keys)
  }
}

extension SeededGenerator {
  mutating func oneIn(_ bound: Int) -> Bool { below(bound) == 0 }
}
