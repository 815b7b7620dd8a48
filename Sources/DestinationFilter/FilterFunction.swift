/// The functions of the language.
enum FilterFunction: String, CaseIterable, Sendable {
  case contains, length, lowercase, uppercase, snakecase, kebabcase, titlecase
  case typeof, match, bool, string, number

  var argumentCount: Int { self == .contains || self == .match ? 2 : 1 }

  /// What it gives, unless it is null.
  var result: StaticType {
    switch self {
    case .contains, .match, .bool: .bool
    case .length, .number: .number
    default: .string
    }
  }

  /// What its arguments must be, null aside; nil: anything.
  var arguments: [StaticType]? {
    switch self {
    case .typeof, .bool, .string, .number: nil
    case .length: [.string, .list]
    default: [.string]
    }
  }
}

/// What is known of an expression before any event is there.
enum StaticType: String, Sendable {
  case null = "null"
  case bool = "a bool"
  case number = "a number"
  case string = "a string"
  case list = "a list"
  /// A field.
  case anything

  func mayBe(_ types: [StaticType]) -> Bool {
    self == .anything || self == .null || types.contains(self)
  }
}
