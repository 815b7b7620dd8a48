import EventJSON
import Foundation
import Testing
import Workbench

/// Removal by paths against a document parser, over random events.
@Suite struct PropertyScannerTests {
  private static let paths = [
    ["traits", "email"], ["traits", "address", "phone"], ["properties", "items"],
    ["context", "x"], ["properties", "名前", "x"], ["traits", "address"],
  ]

  @Test(arguments: [true, false])
  func `what is left is what a tree would have left`(keepsOnly: Bool) throws {
    var changed = 0
    for seed in 0..<1500 as Range<UInt64> {
      var random = SeededGenerator(seed: seed &* 7)
      let paths = (0...random.below(3)).map { _ in random.pick(Self.paths) }
      let event = RandomEvent.make(seed: seed, repeatsKeys: false)
      let result = remove(paths, keepsOnly: keepsOnly, from: event)
      let tree = try #require(object(event))
      let expected = keepsOnly ? kept(tree, paths, isTop: true) : removed(tree, paths)
      #expect(object(result) == expected as NSDictionary, "\(seed) \(paths) \(event) \(result)")
      if result != event { changed += 1 }
    }
    #expect(changed > 100)
  }

  @Test func `no cut or changed text is more than left alone`() {
    var scanner = PropertyScanner([["traits", "email"]], keepsOnly: true)
    let event = Array(RandomEvent.make(seed: 3, repeatsKeys: true).utf8)
    for length in 0..<event.count {
      let part = Array(event[..<length])
      #expect(unsafe scanner.members(of: part.span.bytes).isEmpty)
    }
  }

  private func remove(_ paths: [[String]], keepsOnly: Bool, from event: String) -> String {
    var scanner = PropertyScanner(paths, keepsOnly: keepsOnly)
    let bytes = Array(event.utf8)
    let span = unsafe bytes.span.bytes
    var out: [UInt8] = []
    _ = EventRewriter.rewrite(
      span, scanner.members(of: span), landmark: 0, appendingTo: &out, edit: { _ in .remove },
      replace: { (_, _, _) throws(Never) in })
    return String(decoding: out, as: UTF8.self)
  }

  private func object(_ text: String) -> NSDictionary? {
    (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? NSDictionary
  }

  private func removed(_ tree: NSDictionary, _ paths: [[String]]) -> [String: Any] {
    var left: [String: Any] = [:]
    for (key, value) in tree {
      guard let key = key as? String else { continue }
      let below = paths.filter { $0[0] == key }.map { Array($0.dropFirst()) }
      if below.contains(where: \.isEmpty) { continue }
      left[key] = (value as? NSDictionary).map { removed($0, below) } ?? value
    }
    return left
  }

  private func kept(_ tree: NSDictionary, _ paths: [[String]], isTop: Bool) -> [String: Any] {
    var left: [String: Any] = [:]
    for (key, value) in tree {
      guard let key = key as? String else { continue }
      let below = paths.filter { $0[0] == key }.map { Array($0.dropFirst()) }
      if below.isEmpty {
        if isTop { left[key] = value }
      } else if below.contains(where: \.isEmpty) {
        left[key] = value
      } else if let inner = value as? NSDictionary {
        left[key] = kept(inner, below, isTop: false)
      } else if isTop {
        left[key] = value
      }
    }
    return left
  }
}
