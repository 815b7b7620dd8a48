import EventJSON
import Testing

/// Unicode 15, table 3-7, with Swift's own validator as the judge.
@Suite struct UTF8Tests {
  @Test(arguments: [
    [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x41], [0xE0, 0x80, 0x80],
    [0xE0, 0x9F, 0xBF], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xEF, 0xBF],
    [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x9F, 0x98],
    [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFE],
    [0xFF], [0xC3, 0xA9, 0xA9],
  ])
  func `an overlong, surrogate, too large or cut sequence is refused`(sequence: [Int]) {
    for padding in 0..<9 {
      let bytes = [UInt8](repeating: 0x61, count: padding) + sequence.map { UInt8($0) }
      #expect(jsonError([0x22] + bytes + [0x22])?.reason == .invalidUTF8)
      #expect(jsonError([0x22] + bytes) != nil)
      #expect(jsonError([0x7B, 0x22] + bytes + Array("\":1}".utf8))?.reason == .invalidUTF8)
    }
  }

  @Test func `every pair of bytes is judged as Swift judges it`() {
    for first in 0x80...UInt8.max {
      for second in UInt8.min...UInt8.max { check([first, second]) }
    }
  }

  @Test func `sequences of three and four bytes are judged as Swift judges them`() {
    let edges: [UInt8] = [
      0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED,
      0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
    ]
    let tails: [UInt8] = [0x7F, 0x80, 0xBF, 0xC0]
    for first in edges where first >= 0xE0 {
      for second in edges {
        for third in tails {
          check([first, second, third])
          for fourth in tails { check([first, second, third, fourth]) }
        }
      }
    }
  }

  private func check(_ sequence: [UInt8]) {
    guard sequence.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }) else { return }
    let isValid = String(validating: sequence, as: UTF8.self) != nil
    let error = jsonError([0x22] + sequence + [0x22])
    if (error == nil) != isValid {
      Issue.record("\(sequence) is \(isValid ? "UTF-8" : "not UTF-8")")
    }
  }
}
