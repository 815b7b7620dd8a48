/// One setting of an adapter, as the operator sees it.
///
/// The settings of a description become a JSON Schema, and ``DescribedSettings`` reads the document by them: a setting
/// that the operator left out has its default, or is absent.
public struct Setting: Sendable, Equatable {
  /// What a value may be.
  public enum Kind: Sendable, Equatable {
    /// A text; from a closed list if `oneOf` is not empty.
    case string(default: String? = nil, oneOf: [String] = [])
    /// A whole number.
    case integer(default: Int64? = nil, minimum: Int64? = nil, maximum: Int64? = nil)
    /// `true` or `false`.
    case boolean(default: Bool? = nil)
    /// Several texts.
    case strings
    /// A text that the host keeps apart: not in `Settings`; ask ``AdapterHost/withSecret(_:_:)``.
    case secret
  }

  /// The key in the settings document: `[a-z0-9_]`.
  public var name: String

  /// What a value may be.
  public var kind: Kind

  /// Whether the operator has to give it.
  public var isRequired: Bool

  /// One sentence for the operator.
  public var summary: String

  /// Describes a setting.
  public init(_ name: String, _ kind: Kind, isRequired: Bool = false, summary: String) {
    self.name = name
    self.kind = kind
    self.isRequired = isRequired
    self.summary = summary
  }
}
