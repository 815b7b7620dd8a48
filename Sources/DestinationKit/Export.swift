public import CDestinationAdapter

/// The table of an adapter type: the one thing that the library's entry function returns.
///
/// Made at the first call and kept for the life of the process. nil for a host of another major version.
public func export<Adapter: DestinationAdapter>(
  _ type: Adapter.Type, hostMajor: UInt32
) -> UnsafePointer<destination_adapter>? {
  guard hostMajor == DESTINATION_ABI_MAJOR else { return nil }
  return unsafe ExportedTable.of(type)
}
