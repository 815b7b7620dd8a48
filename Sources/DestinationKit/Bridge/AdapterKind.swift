internal import FoundationEssentials

/// An adapter type without its name: what the context pointer of the table leads to.
final class AdapterKind: Sendable {
  /// Decodes the settings and makes an adapter.
  let make: @Sendable (_ settings: RawSpan, AdapterHost) throws -> any DestinationAdapter

  init<Adapter: DestinationAdapter>(_ type: Adapter.Type) {
    make = { settings, host in
      let document = unsafe settings.withUnsafeBytes { unsafe Data($0) }
      let decoded = try JSONDecoder().decode(
        Adapter.Settings.self, from: document.isEmpty ? Data("{}".utf8) : document)
      return try Adapter(settings: decoded, host: host)
    }
  }
}
