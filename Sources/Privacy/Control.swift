/// What a control does with the keys of one classification; from the least to the most restrictive.
package enum Control: String, Codable, CaseIterable, Comparable, Sendable {
  /// Sent as it is.
  case allow
  /// Replaced by a token: equal values have equal tokens, and the host could make them again.
  case tokenize
  /// Replaced by a ciphertext that only the data owner opens.
  case encrypt
  /// The key and its value are left out.
  case block

  package static func < (a: Control, b: Control) -> Bool { a.rank < b.rank }

  private var rank: Int { Control.allCases.firstIndex(of: self) ?? 0 }
}

/// The controls of one source or one destination; nil where nobody has decided.
package struct Controls: Codable, Equatable, Sendable {
  package var red: Control?
  package var yellow: Control?

  package init(red: Control? = nil, yellow: Control? = nil) {
    self.red = red
    self.yellow = yellow
  }

  package var isEmpty: Bool { red == nil && yellow == nil }

  /// What was decided for the keys of a classification; for green ones nothing ever is.
  package func control(of classification: Classification) -> Control? {
    switch classification {
    case .red: red
    case .yellow: yellow
    case .green: nil
    }
  }
}
