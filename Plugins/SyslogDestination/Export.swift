public import DestinationKit

/// The library's one exported symbol.
@c(destination_adapter_entry) @implementation
public func destinationAdapterEntry(
  hostMajor: UInt32, hostMinor: UInt32
) -> UnsafePointer<destination_adapter>? {
  unsafe export(SyslogDestination.self, hostMajor: hostMajor)
}
