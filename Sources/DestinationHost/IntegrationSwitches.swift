internal import EventJSON

/// Reads an event's `integrations`: which destinations the sender wants it to go to.
///
/// A key names a destination by its id, by its adapter's display name, or by its product; keys are compared folded
/// (`KeyFolding`). `true` or an object is yes, `false` is no, anything else says nothing. Without a word of its own a
/// destination goes by `All`, and without that it gets the event. Of two words that contradict each other, no counts.
struct IntegrationSwitches: Sendable {
  private let keys: KeySelection
  /// For each key of `keys` the destinations that it names; nil for `All`.
  private let destinations: [[Int]?]
  private let count: Int

  /// - Parameter names: for each destination the names by which it goes.
  init(_ names: [[String]]) {
    let all = KeyFolding.fold("All")
    var places: [String: [Int]] = [:]
    for (index, own) in names.enumerated() {
      for name in Set(own.map(KeyFolding.fold)) where name != all && !name.isEmpty {
        places[name, default: []].append(index)
      }
    }
    let named = places.keys.sorted()
    keys = KeySelection([all] + named)
    destinations = [nil] + named.map { places[$0] }
    count = names.count
  }

  /// For each destination whether the sender wants it; nil when it wants all, which is nearly always.
  @inline(__always)
  func wanted(_ integrations: FieldValue, _ event: RawSpan) -> [Bool]? {
    guard integrations.kind == .object, integrations.end - integrations.start > 2 else {
      return nil
    }
    return read(event.extracting(integrations.start..<integrations.end))
  }

  private func read(_ object: RawSpan) -> [Bool]? {
    if Self.saysAll(object) { return nil }
    var all: Bool?
    var own = [Bool?](repeating: nil, count: count)
    for (key, value) in JSONMembers.members(of: object, selecting: keys) {
      guard let isOn = Self.word(value, object) else { continue }
      guard let named = destinations[Int(key)] else {
        all = (all ?? true) && isOn
        continue
      }
      for destination in named { own[destination] = (own[destination] ?? true) && isOn }
    }
    let wanted = own.map { $0 ?? all ?? true }
    return wanted.allSatisfy { $0 } ? nil : wanted
  }

  /// Whether it is `{"All":true}`, letter for letter.
  private static func saysAll(_ object: RawSpan) -> Bool {
    let usual: StaticString = #"{"All":true}"#
    guard object.byteCount == usual.utf8CodeUnitCount else { return false }
    for index in 0..<object.byteCount {
      let byte = unsafe object.unsafeLoad(fromByteOffset: index, as: UInt8.self)
      guard unsafe byte == usual.utf8Start[index] else { return false }
    }
    return true
  }

  private static func word(_ value: FieldValue, _ object: RawSpan) -> Bool? {
    switch value.kind {
    case .object: return true
    case .boolean:
      let first = unsafe object.unsafeLoad(fromByteOffset: value.start, as: UInt8.self)
      return first == UInt8(ascii: "t")
    default: return nil
    }
  }
}
