internal import CDestinationAdapter

/// The C form of a description.
///
/// It and its texts are never freed: the contract calls them static.
enum StaticDescriptor {
  static func make(_ description: AdapterDescription) -> UnsafePointer<destination_descriptor> {
    let pointer = UnsafeMutablePointer<destination_descriptor>.allocate(capacity: 1)
    unsafe pointer.initialize(
      to: destination_descriptor(
        struct_size: UInt32(MemoryLayout<destination_descriptor>.size),
        event_types: description.eventTypes.reduce(0) { $0 | 1 << $1.rawValue },
        product: span(description.product.utf8), version: span(description.version.utf8),
        display_name: span(description.displayName.utf8),
        settings_schema: description.settings.isEmpty
          ? destination_span() : span(SettingsSchema(description.settings).json),
        max_concurrency: max(1, description.maximumConcurrency),
        max_batch_events: max(1, description.maximumBatchEvents),
        max_batch_bytes: description.maximumBatchBytes ?? 0,
        max_string_length: description.maximumStringLength ?? 0,
        required_host_features: description.requiredHostFeatures.rawValue, reserved: 0))
    return unsafe UnsafePointer(pointer)
  }

  private static func span(_ bytes: some Collection<UInt8>) -> destination_span {
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
    _ = unsafe copy.initialize(fromContentsOf: bytes)
    return unsafe destination_span(data: copy.baseAddress, length: copy.count)
  }
}
