internal import EventJSON
internal import Privacy
internal import Workspace

/// An event with every value masked that nobody has said is harmless.
///
/// Shown are what makes an event one (its type, name, messageId and times), the library that made it, and what stands
/// under keys that the workspace classifies green. All else is masked, keys that look like values too: of an
/// unclassified key nobody knows what is in it.
struct EventMask {
  private static let mask = Array(#""(masked)""#.utf8)
  private static let structural: Set<String> = [
    "type", "messageId", "timestamp", "sentAt", "originalTimestamp", "receivedAt", "version",
    "channel",
  ]
  /// Written by people, who may write anything into them.
  private static let names: Set<String> = ["event", "name", "category"]

  private let green: Set<String>
  private let classified: Set<String>

  init(_ privacy: PrivacySettings) {
    green = Set(privacy.all.filter { $0.classification == .green }.flatMap(\.foldedKeys))
    classified = Set(privacy.all.filter { $0.classification != .green }.flatMap(\.foldedKeys))
  }

  /// Nil for what is no event, of which nothing can be told apart.
  func masked(_ letter: DeadLetter) -> [UInt8]? {
    letter.form == .line ? nil : masked(letter.event)
  }

  /// Nil for what is no JSON.
  func masked(_ event: [UInt8]) -> [UInt8]? {
    guard let tokens = unsafe LeafWalk.tokens(of: event.span.bytes) else { return nil }
    var out: [UInt8] = []
    var copied = 0
    for token in tokens {
      guard let (range, text) = replacement(token, event) else { continue }
      out += event[copied..<range.lowerBound]
      out += text
      copied = range.upperBound
    }
    return out + event[copied...]
  }

  private func replacement(_ token: LeafToken, _ event: [UInt8]) -> (Range<Int>, [UInt8])? {
    switch token {
    case .key(let range, let key):
      let kept = SightedName.kept(key)
      return kept == SightedName.placeholder ? (range, Array(kept.utf8)) : nil
    case .value(let range, let kind, let path):
      return kind == .null || isShown(path, event[range]) ? nil : (range, Self.mask)
    }
  }

  private func isShown(_ path: [[UInt8]], _ value: ArraySlice<UInt8>) -> Bool {
    let path = path.map { String(decoding: $0, as: UTF8.self) }
    guard let key = path.last else { return false }
    if path.count == 1, Self.structural.contains(key) { return true }
    if path.count == 1, Self.names.contains(key) {
      return SightedName.kept(Array(value.dropFirst().dropLast())) != SightedName.placeholder
    }
    if path.starts(with: ["context", "library"]) { return true }
    let folded = path.map(KeyFolding.fold)
    return green.contains(folded[folded.count - 1]) && !folded.contains(where: classified.contains)
  }
}
