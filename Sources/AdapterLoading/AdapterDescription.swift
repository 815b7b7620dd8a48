internal import CDestinationAdapter

/// What an adapter's descriptor says, once it is loaded; checked against its manifest.
package struct AdapterDescription: Codable, Sendable, Equatable {
  package var product: String
  package var version: String
  package var displayName: String
  /// Bits of the calls it serves: bit number = `EventSlot.type`.
  package var servedTypes: UInt32
  /// A JSON Schema, empty for no settings.
  package var settingsSchema: String
  package var maximumConcurrency: Int
  package var maximumBatchEvents: Int
  /// 0 is no limit, as in the next.
  package var maximumBatchBytes: Int
  package var maximumStringLength: Int
  package var abiMinor: UInt32
}

extension AdapterDescription {
  /// The first field that is not what `adapter.json` says, with both values and the mend; nil when all agree.
  func difference(from manifest: AdapterManifest) -> String? {
    let pairs = [
      ("product", product, manifest.product), ("version", version, manifest.version),
      ("display_name", displayName, manifest.displayName),
      (
        "abi", "\(DESTINATION_ABI_MAJOR).\(abiMinor)", "\(manifest.abi.major).\(manifest.abi.minor)"
      ),
      ("event_types", "\(servedTypes)", "\(manifest.servedTypes)"),
    ]
    for (field, library, document) in pairs where library != document {
      return
        "its \(field) is \"\(library.withoutControls)\" in the library and \"\(document)\" in adapter.json. "
        + "Make them equal."
    }
    guard let schema = manifest.settingsSchema, JSONDocument(text: settingsSchema) != schema else {
      return nil
    }
    return
      "its settings_schema in the library is not the one in adapter.json. Make them equal."
  }

  func write(to writer: inout WireWriter) {
    for text in [product, version, displayName, settingsSchema] { writer.text(text) }
    writer.number(servedTypes)
    writer.number(abiMinor)
    for number in [
      maximumConcurrency, maximumBatchEvents, maximumBatchBytes, maximumStringLength,
    ] { writer.number(UInt64(number)) }
  }

  /// Nil when the message is not one, or has numbers that no descriptor can have.
  ///
  /// By now the adapter's code has run, and may have written the message itself: the host adds to these numbers.
  init?(_ reader: inout WireReader) {
    guard let product = reader.text(longest: 128), let version = reader.text(longest: 64),
      let displayName = reader.text(longest: 128),
      let schema = reader.text(longest: AdapterManifest.longest),
      let servedTypes = reader.number(UInt32.self), let abiMinor = reader.number(UInt32.self),
      let concurrency = reader.number(UInt64.self), let events = reader.number(UInt64.self),
      let bytes = reader.number(UInt64.self), let string = reader.number(UInt64.self),
      reader.isAtEnd, (1...UInt64(UInt32.max)).contains(concurrency),
      (1...UInt64(UInt32.max)).contains(events)
    else { return nil }
    self.init(
      product: product, version: version, displayName: displayName, servedTypes: servedTypes,
      settingsSchema: schema, maximumConcurrency: Int(clamping: concurrency),
      maximumBatchEvents: Int(clamping: events), maximumBatchBytes: Int(clamping: bytes),
      maximumStringLength: Int(clamping: string), abiMinor: abiMinor)
  }
}
