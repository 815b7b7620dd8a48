internal import EventJSON

/// Which keys are encrypted for which destination, as one lookup for all of them.
///
/// The scanner looks for the keys of all destinations in one pass; each destination then takes its own.
struct FieldSelection: Sendable {
  let keys: KeySelection
  /// For each destination, for each key of `keys`: whether its value is encrypted.
  private let selected: [[Bool]]

  /// Makes the lookup from each destination's keys, folded as `KeyFolding` does.
  init(_ keysOfDestinations: [Set<String>]) {
    let union = keysOfDestinations.reduce(into: Set()) { $0.formUnion($1) }.sorted()
    keys = KeySelection(union)
    selected = keysOfDestinations.map { own in union.map(own.contains) }
  }

  /// Whether each key of ``keys`` is encrypted for this destination.
  func keys(of destination: Int) -> [Bool] { selected[destination] }
}
