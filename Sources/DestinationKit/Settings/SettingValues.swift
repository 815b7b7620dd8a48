/// The values of one destination's settings, each of them as its ``Setting`` allows.
public struct SettingValues: Sendable {
  enum Value: Sendable, Equatable {
    case text(String)
    case integer(Int64)
    case flag(Bool)
    case texts([String])
  }

  private let values: [String: Value]
  private let tables: Mapping?

  /// The text; its default where the operator gave none.
  public func text(_ name: String) throws -> String {
    guard let text = text(ifGiven: name) else { throw Self.missing(name) }
    return text
  }

  /// The text, or nil where there is neither one nor a default.
  public func text(ifGiven name: String) -> String? {
    if case .text(let text)? = values[name] { text } else { nil }
  }

  /// A text that begins with `https://` or `http://`.
  public func url(_ name: String) throws -> String {
    let url = try text(name)
    guard url.hasPrefix("https://") || url.hasPrefix("http://") else {
      throw AdapterProblem.setting(
        name, "it begins with neither https:// nor http://.", mend: "Write the whole URL.")
    }
    return url
  }

  /// The number; its default where the operator gave none.
  public func integer(_ name: String) throws -> Int {
    guard case .integer(let number)? = values[name] else { throw Self.missing(name) }
    return Int(clamping: number)
  }

  /// The flag; its default, else false, where the operator gave none.
  public func flag(_ name: String) -> Bool { values[name] == .flag(true) }

  /// The texts; none where the operator gave none.
  public func texts(_ name: String) -> [String] {
    if case .texts(let texts)? = values[name] { texts } else { [] }
  }

  /// A text of a closed list, as the type that knows what it means.
  ///
  /// Give the setting `oneOf: Choice.allCases.map(\.rawValue)`.
  public func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String, of type: Choice.Type = Choice.self
  ) throws -> Choice where Choice.RawValue == String {
    guard let choice = Choice(rawValue: try text(name)) else {
      throw AdapterProblem.setting(
        name, "there is no such choice.",
        mend: "Write \(Choice.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    return choice
  }

  /// A number of seconds.
  public func seconds(_ name: String) throws -> Duration { .seconds(try integer(name)) }

  /// The tables that count, the operator's before the adapter's: for an adapter with `"mapping"` in its `adapter.json`.
  ///
  /// The host hands them over beside the settings, so they are no ``Setting``.
  public func mapping() throws -> Mapping {
    guard let tables else { throw Self.missing("mapping") }
    return tables
  }

  private static func missing(_ name: String) -> AdapterProblem {
    .setting(name, "it is missing.", mend: "Set it.")
  }
}

// MARK: - Reading

extension SettingValues {
  init(from decoder: any Decoder, by described: [Setting]) throws {
    let document = try decoder.container(keyedBy: SettingName.self)
    var values: [String: Value] = [:]
    var complaints: [String] = []
    for setting in described where setting.kind != .secret {
      switch SettingValues.value(of: setting, in: document) {
      case .success(let value): values[setting.name] = value
      case .failure(let complaint): complaints.append("\"\(setting.name)\" \(complaint.text)")
      }
    }
    let known = Set(described.map(\.name))
    for key in document.allKeys.map(\.stringValue).sorted()
    where !known.contains(key) && key != Self.mappingName.stringValue {
      // A name that nobody described may be anything, a secret in the wrong place, too.
      complaints.append(
        "there is a setting that it does not have: known are \(known.sorted().joined(separator: ", "))"
      )
      break
    }
    guard complaints.isEmpty else {
      throw AdapterProblem(
        kind: .settings, text: "settings: \(complaints.joined(separator: "; ")). Mend them.")
    }
    self.values = values
    tables = try document.decodeIfPresent(Mapping.self, forKey: Self.mappingName)
  }

  private static let mappingName = SettingName("mapping")

  private struct Complaint: Error {
    let text: String
  }

  private static func value(
    of setting: Setting, in document: KeyedDecodingContainer<SettingName>
  ) -> Result<Value?, Complaint> {
    let key = SettingName(setting.name)
    let isThere = document.contains(key) && (try? document.decodeNil(forKey: key)) == false
    guard isThere else {
      let preset = setting.kind.preset
      return preset == nil && setting.isRequired
        ? .failure(Complaint(text: "is missing")) : .success(preset)
    }
    switch setting.kind {
    case .string(_, let choices):
      guard let text = try? document.decode(String.self, forKey: key) else {
        return .failure(Complaint(text: "must be a text"))
      }
      guard choices.isEmpty || choices.contains(text) else {
        return .failure(Complaint(text: "must be one of \(choices.joined(separator: ", "))"))
      }
      return .success(.text(text))
    case .integer(_, let least, let most):
      guard let number = try? document.decode(Int64.self, forKey: key) else {
        return .failure(Complaint(text: "must be a whole number"))
      }
      if let least, number < least {
        return .failure(Complaint(text: "must be at least \(least)"))
      }
      if let most, number > most { return .failure(Complaint(text: "must be at most \(most)")) }
      return .success(.integer(number))
    case .boolean:
      guard let flag = try? document.decode(Bool.self, forKey: key) else {
        return .failure(Complaint(text: "must be true or false"))
      }
      return .success(.flag(flag))
    case .strings:
      guard let texts = try? document.decode([String].self, forKey: key) else {
        return .failure(Complaint(text: "must be a list of texts"))
      }
      return .success(.texts(texts))
    case .secret: return .success(nil)
    }
  }
}

extension Setting.Kind {
  fileprivate var preset: SettingValues.Value? {
    switch self {
    case .string(let preset, _): preset.map { .text($0) }
    case .integer(let preset, _, _): preset.map { .integer($0) }
    case .boolean(let preset): preset.map { .flag($0) }
    case .strings, .secret: nil
    }
  }
}

/// The name of a setting, as a key of the document.
struct SettingName: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(_ name: String) { stringValue = name }

  init?(stringValue: String) { self.stringValue = stringValue }

  init?(intValue: Int) { nil }
}
