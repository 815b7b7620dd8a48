internal import CDestinationAdapter

/// What the host does for an adapter.
///
/// Every call is good on any thread until the adapter's instance ends.
///
/// `@unchecked`: it holds one pointer to a struct that does not change while the instance lives, and the contract
/// makes each function in it safe on every thread.
@safe public struct AdapterHost: @unchecked Sendable {
  /// How much a log line matters.
  public enum LogLevel: UInt32, Sendable {
    /// For the adapter's author.
    case debug = 1
    /// Worth knowing.
    case info
    /// Something is not as it should be, and the adapter goes on.
    case warning
    /// Something failed.
    case error
  }

  let pointer: UnsafePointer<destination_host>

  init(_ pointer: UnsafePointer<destination_host>) {
    unsafe self.pointer = pointer
  }

  /// What this host has beyond what every host has.
  public var features: HostFeatures { unsafe HostFeatures(rawValue: pointer.pointee.features) }

  /// Writes one line to the host's log; cut at 4096 bytes.
  ///
  /// Never the content of an event, a setting or a secret.
  public func log(_ level: LogLevel, _ text: String) {
    unsafe withSpan(of: text) { span in
      unsafe pointer.pointee.log?(pointer, level.rawValue, span)
    }
  }

  /// Now: nanoseconds since 1970-01-01T00:00:00Z.
  public var unixNanoseconds: Int64 {
    unsafe pointer.pointee.unix_ns?(pointer) ?? 0
  }

  /// Now, on the clock of ``Deadline``; never goes back.
  public var monotonicNanoseconds: UInt64 {
    unsafe pointer.pointee.mono_ns?(pointer) ?? 0
  }

  func isCancelled(_ call: CallToken) -> Bool {
    unsafe (pointer.pointee.cancelled?(pointer, call.rawValue) ?? 0) != 0
  }

  func detail(_ text: String, ofEvent index: UInt32, call: CallToken) {
    unsafe withSpan(of: text) { span in
      unsafe pointer.pointee.detail?(pointer, call.rawValue, index, span)
    }
  }
}

extension AdapterHost {
  /// nil for a host that is smaller than ABI 1.0 has it, or of another major version.
  init?(checking host: UnsafePointer<destination_host>?) {
    guard let host = unsafe host,
      Int(unsafe host.pointee.struct_size) >= ABISize.host,
      unsafe host.pointee.abi_major == DESTINATION_ABI_MAJOR
    else { return nil }
    unsafe self.init(host)
  }
}
