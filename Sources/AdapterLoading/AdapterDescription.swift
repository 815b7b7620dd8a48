/// What an adapter's descriptor says, once it is loaded; checked against its manifest.
package struct AdapterDescription: Sendable, Equatable {
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
  func write(to writer: inout WireWriter) {
    for text in [product, version, displayName, settingsSchema] { writer.text(text) }
    writer.number(servedTypes)
    writer.number(abiMinor)
    for number in [
      maximumConcurrency, maximumBatchEvents, maximumBatchBytes, maximumStringLength,
    ] { writer.number(UInt64(number)) }
  }

  /// Nil when the message is not one.
  init?(_ reader: inout WireReader) {
    guard let product = reader.text(longest: 128), let version = reader.text(longest: 64),
      let displayName = reader.text(longest: 128), let schema = reader.text(longest: 1 << 20),
      let servedTypes = reader.number(UInt32.self), let abiMinor = reader.number(UInt32.self),
      let concurrency = reader.number(UInt64.self), let events = reader.number(UInt64.self),
      let bytes = reader.number(UInt64.self), let string = reader.number(UInt64.self),
      reader.isAtEnd, concurrency > 0, events > 0
    else { return nil }
    self.init(
      product: product, version: version, displayName: displayName, servedTypes: servedTypes,
      settingsSchema: schema, maximumConcurrency: Int(clamping: concurrency),
      maximumBatchEvents: Int(clamping: events), maximumBatchBytes: Int(clamping: bytes),
      maximumStringLength: Int(clamping: string), abiMinor: abiMinor)
  }
}
