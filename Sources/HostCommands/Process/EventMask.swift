internal import EventJSON
internal import Privacy
internal import Workspace

/// An event with the values masked that the workspace's matchers classify red or yellow.
struct EventMask {
  private let keys: [String]
  private static let mask = Array(#""(masked)""#.utf8)

  init(_ privacy: PrivacySettings) {
    keys = privacy.all.filter { $0.classification != .green }.flatMap(\.foldedKeys)
  }

  /// Nil for what is no event, of which nothing can be told apart.
  func masked(_ letter: DeadLetter) -> [UInt8]? {
    guard letter.form != .line else { return nil }
    var scanner = EventScanner(selecting: KeySelection(keys))
    let event = unsafe letter.event.span.bytes
    guard scanner.scan(event) == nil else { return nil }
    var out: [UInt8] = []
    _ = EventRewriter.rewrite(
      event, scanner.matches, landmark: 0, appendingTo: &out, edit: { _ in .replace },
      replace: { (_, _, out) throws(Never) in out += Self.mask })
    return out
  }
}
