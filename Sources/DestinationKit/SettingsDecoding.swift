/// Settings that many adapters have, decoded with the operator's problem as the error.
///
/// The host has checked the document against the schema; an adapter still does not rely on it.
extension KeyedDecodingContainer {
  /// A whole number; `fallback` where there is none.
  ///
  /// Throws an ``AdapterProblem`` where it is below `least`.
  public func number(
    forKey key: Key, default fallback: Int64, from least: Int64
  ) throws -> Int64 {
    let number = try decodeIfPresent(Int64.self, forKey: key) ?? fallback
    guard number >= least else {
      throw AdapterProblem.setting(
        key.stringValue, "it is below \(least).", mend: "Write a number from \(least).")
    }
    return number
  }

  /// One of a closed list; `fallback` where there is none.
  public func choice<Choice: RawRepresentable & CaseIterable>(
    of type: Choice.Type, forKey key: Key, default fallback: Choice
  ) throws -> Choice where Choice.RawValue == String {
    guard let name = try decodeIfPresent(String.self, forKey: key) else { return fallback }
    guard let choice = Choice(rawValue: name) else {
      throw AdapterProblem.setting(
        key.stringValue, "there is no such choice.",
        mend: "Write \(Choice.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    return choice
  }

  /// The address of a service that has several, with a path behind it: that of the region, `us` where none is said, or
  /// the operator's own in its place.
  public func endpoint(
    in regions: [String: String], regionKey: Key, urlKey: Key, path: String
  ) throws -> String {
    if let url = try decodeIfPresent(String.self, forKey: urlKey) {
      return try Endpoint.checked(url, urlKey.stringValue) + path
    }
    let region = try decodeIfPresent(String.self, forKey: regionKey) ?? "us"
    guard let url = regions[region] else {
      throw AdapterProblem.setting(
        regionKey.stringValue, "there is no such region.",
        mend: "Write \(regions.keys.sorted().joined(separator: ", ")).")
    }
    return url + path
  }

  /// The address of a service whose every customer has another, with a path behind it.
  public func endpoint(urlKey: Key, path: String) throws -> String {
    try Endpoint.checked(decode(String.self, forKey: urlKey), urlKey.stringValue) + path
  }
}

private enum Endpoint {
  /// Scheme, host and whatever path a proxy has, without a slash at the end.
  static func checked(_ url: String, _ name: String) throws -> String {
    guard url.hasPrefix("https://") || url.hasPrefix("http://") else {
      throw AdapterProblem.setting(
        name, "it begins with neither https:// nor http://.", mend: "Write https:// and the host.")
    }
    guard !url.contains(where: { $0 == "?" || $0 == "#" }) else {
      throw AdapterProblem.setting(
        name, "it has a query or a fragment.",
        mend: "End it before that; the adapter adds its own.")
    }
    return url.hasSuffix("/") ? String(url.dropLast()) : url
  }
}
