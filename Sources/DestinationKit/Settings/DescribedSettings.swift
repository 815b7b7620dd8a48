/// Settings that are read by their own description: defaults filled in, bounds held, all complaints told at once.
///
/// ```swift
/// struct Settings: DescribedSettings {
///   static let described = [
///     Setting("url", .string(), isRequired: true, summary: "Where the events go."),
///     Setting("batch_events", .integer(default: 100, minimum: 1, maximum: 500), summary: "Most events of a request."),
///   ]
///   let url: String
///   let batchEvents: Int
///
///   init(_ values: SettingValues) throws {
///     url = try values.url("url")
///     batchEvents = try values.integer("batch_events")
///   }
/// }
/// ```
///
/// Give the same list to ``AdapterDescription/settings``. A setting that the operator left out and that has no default is
/// nil: ask `values.text(ifGiven:)`. Secrets are not among the values: ask ``AdapterHost/withSecret(_:_:)``.
public protocol DescribedSettings: Decodable, Sendable {
  /// What the operator may set.
  static var described: [Setting] { get }

  /// Takes what was read; checks what no description can say.
  init(_ values: SettingValues) throws
}

extension DescribedSettings {
  /// Reads the document by ``described``; throws ``AdapterProblem`` with everything that is wrong, never with a value.
  public init(from decoder: any Decoder) throws {
    try self.init(SettingValues(from: decoder, by: Self.described))
  }
}
