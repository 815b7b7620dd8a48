internal import CDestinationAdapter

/// Loads a library and holds its table against the contract and its manifest, before an instance is made.
@safe struct LoadedAdapter {
  let table: UnsafePointer<destination_adapter>
  let description: AdapterDescription

  /// Asks the entry, and checks what it answers.
  init(_ library: LoadedLibrary, manifest: AdapterManifest) throws(ContractBreach) {
    guard let entry = unsafe LoadedAdapter.entry(of: library) else {
      throw ContractBreach(LoadedAdapter.noEntry)
    }
    let major = UInt32(DESTINATION_ABI_MAJOR)
    guard let table = unsafe entry(major, UInt32(DESTINATION_ABI_MINOR)) else {
      throw ContractBreach(
        "its entry serves no ABI \(major). Build the adapter with destination_adapter.h \(major).x."
      )
    }
    try unsafe LoadedAdapter.check(table)
    unsafe self.table = table
    description = try unsafe LoadedAdapter.description(table)
    if let difference = description.difference(from: manifest) {
      throw ContractBreach(difference)
    }
  }
}

extension LoadedAdapter {
  typealias Entry = @convention(c) (UInt32, UInt32) -> UnsafePointer<destination_adapter>?

  static let noEntry =
    "it has no function destination_adapter_entry. Export it; see destination_adapter.h."

  /// The library's one symbol; nil where it is missing.
  static func entry(of library: LoadedLibrary) -> Entry? {
    unsafe library.symbol("destination_adapter_entry").map {
      unsafe unsafeBitCast($0, to: Entry.self)
    }
  }
}

/// A sentence for the operator: which rule of the contract does not hold, what was found, and the mend.
struct ContractBreach: Error, Equatable {
  let text: String

  init(_ text: String) { self.text = text }
}

// MARK: - The table

extension LoadedAdapter {
  private static func check(_ table: UnsafePointer<destination_adapter>) throws(ContractBreach) {
    let found = unsafe table.pointee
    guard unsafe found.magic == DESTINATION_ADAPTER_MAGIC else {
      let hex = unsafe [found.magic, DESTINATION_ADAPTER_MAGIC].map { String($0, radix: 16) }
      throw ContractBreach("its table's magic is 0x\(hex[0]), it must be 0x\(hex[1]).")
    }
    try unsafe atLeast("struct_size", found.struct_size, UInt32(DESTINATION_ADAPTER_SIZE_1_0))
    try unsafe expect("abi_major", found.abi_major, UInt32(DESTINATION_ABI_MAJOR))
    let minor = UInt32(DESTINATION_ABI_MINOR)
    guard unsafe found.abi_minor_required <= minor else {
      throw ContractBreach(
        "it needs ABI 1.\(unsafe found.abi_minor_required), this host has 1.\(minor). Use a newer host."
      )
    }
    try unsafe expect("reserved", found.reserved, 0)
    guard unsafe found.descriptor != nil else { throw ContractBreach("its descriptor is NULL.") }
    let functions: [(String, Bool)] = unsafe [
      ("create", found.create == nil), ("configure", found.configure == nil),
      ("start", found.start == nil), ("deliver", found.deliver == nil),
      ("flush", found.flush == nil), ("cancel", found.cancel == nil),
      ("stop", found.stop == nil), ("destroy", found.destroy == nil),
      ("extension", found.extension == nil),
    ]
    for (name, isMissing) in functions where isMissing {
      throw ContractBreach(
        "its function \(name) is NULL. Every function of the table must be there.")
    }
  }

  private static func expect<Number: FixedWidthInteger>(
    _ field: String, _ found: Number, _ wanted: Number
  ) throws(ContractBreach) {
    guard found == wanted else {
      throw ContractBreach("its table's \(field) is \(found), it must be \(wanted).")
    }
  }

  private static func atLeast(
    _ field: String, _ found: UInt32, _ least: UInt32
  ) throws(ContractBreach) {
    guard found >= least else {
      throw ContractBreach("its \(field) is \(found), version 1.0 has \(least).")
    }
  }
}

// MARK: - The descriptor

extension LoadedAdapter {
  private static func description(
    _ table: UnsafePointer<destination_adapter>
  ) throws(ContractBreach) -> AdapterDescription {
    let found = unsafe table.pointee.descriptor.pointee
    try unsafe atLeast(
      "descriptor's struct_size", found.struct_size, UInt32(DESTINATION_DESCRIPTOR_SIZE_1_0))
    try unsafe expect("descriptor's reserved", found.reserved, 0)
    let unknown = unsafe found.required_host_features & ~HostServices.features
    guard unknown == 0 else {
      throw ContractBreach(
        "it requires the host's features \(featureNames(unknown)), which this host does not have.")
    }
    let served = try unsafe servedTypes(
      found.event_types, isLater: table.pointee.abi_minor > UInt32(DESTINATION_ABI_MINOR))
    guard unsafe found.max_concurrency >= 1, unsafe found.max_batch_events >= 1 else {
      throw ContractBreach("its max_concurrency and max_batch_events must be 1 at least.")
    }
    return unsafe AdapterDescription(
      product: String(span: found.product, longest: 128) ?? "",
      version: String(span: found.version, longest: 64) ?? "",
      displayName: String(span: found.display_name, longest: 128) ?? "",
      servedTypes: served,
      settingsSchema: String(span: found.settings_schema, longest: AdapterManifest.longest) ?? "",
      maximumConcurrency: Int(found.max_concurrency),
      maximumBatchEvents: Int(found.max_batch_events),
      maximumBatchBytes: Int(clamping: found.max_batch_bytes),
      maximumStringLength: Int(clamping: found.max_string_length),
      abiMinor: table.pointee.abi_minor)
  }

  /// The calls that both know: a later header may have more, and what it offers beyond ours is ignored.
  private static func servedTypes(
    _ bits: UInt32, isLater: Bool
  ) throws(ContractBreach) -> UInt32 {
    let known = bits & UInt32(DESTINATION_SERVES_ALL)
    guard known != 0, known == bits || isLater else {
      throw ContractBreach("its event_types are \(bits), at least one known call is needed.")
    }
    return known
  }

  private static func featureNames(_ bits: UInt64) -> String {
    (0..<64).filter { bits >> UInt64($0) & 1 == 1 }.map { bit in
      switch bit {
      case 0: "host.http"
      case 1: "host.metrics"
      case 2: "host.connection"
      default: "bit \(bit)"
      }
    }.joined(separator: ", ")
  }
}
