/// What adapters of services over HTTP have in common: where the service is, and how long a request may take.
extension Setting {
  /// `timeout_seconds`; read it with ``SettingValues/timeout()``.
  public static func timeout(default seconds: Int64 = 10) -> Setting {
    Setting(
      "timeout_seconds", .integer(default: seconds, minimum: 1, maximum: 600),
      summary: "How long one request may take.")
  }

  /// `region`, the first being the default; read it with ``SettingValues/endpoint(in:path:)``.
  public static func region(_ names: [String], summary: String) -> Setting {
    Setting("region", .string(default: names.first, oneOf: names), summary: summary)
  }

  /// `url`, in the place of the region's address.
  public static let proxyURL = Setting(
    "url", .string(),
    summary: "In the place of the region's address, for a proxy; the adapter adds the API's path.")
}

extension SettingValues {
  /// `timeout_seconds`.
  public func timeout() throws -> Duration { try seconds("timeout_seconds") }

  /// The address of a service that has several, with a path behind it: the operator's `url`, else that of his `region`.
  public func endpoint(in regions: [String: String], path: String = "") throws -> String {
    if text(ifGiven: "url") != nil { return try endpoint(path: path) }
    guard let address = regions[try text("region")] else {
      throw AdapterProblem.setting(
        "region", "there is no such region.",
        mend: "Write \(regions.keys.sorted().joined(separator: ", ")).")
    }
    return address + path
  }

  /// The address of a service whose every customer has another, `url`, with a path behind it.
  ///
  /// Scheme, host and whatever path a proxy has; a slash at its end is left out.
  public func endpoint(path: String = "") throws -> String {
    let address = try url("url")
    guard !address.contains(where: { $0 == "?" || $0 == "#" }) else {
      throw AdapterProblem.setting(
        "url", "it has a query or a fragment.",
        mend: "End it before that; the adapter adds its own.")
    }
    return String(address.reversed().drop { $0 == "/" }.reversed()) + path
  }
}
