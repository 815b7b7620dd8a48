internal import EventJSON
internal import Privacy

/// What is done with which key for which destination, as one lookup for all of them.
///
/// The scanner looks for the keys of all destinations in one pass; each destination then takes its own.
struct FieldSelection: Sendable {
  let keys: KeySelection
  /// For each destination, for each key of `keys`.
  private let actions: [[KeyAction]]

  /// Makes the lookup from each destination's keys, folded as `KeyFolding` does; a key it does not name passes.
  init(_ actionsOfDestinations: [[String: KeyAction]]) {
    let union = actionsOfDestinations.reduce(into: Set()) { $0.formUnion($1.keys) }.sorted()
    keys = KeySelection(union)
    actions = actionsOfDestinations.map { own in union.map { own[$0] ?? .pass } }
  }

  /// What this destination does with each key of ``keys``, by its id.
  func actions(of destination: Int) -> [KeyAction] { actions[destination] }
}
