internal import CDestinationAdapter
internal import Glibc

/// One instance of the loaded adapter, driven through its states by the session's thread.
///
/// The instance is never destroyed here while a call of it runs; the process may end instead, as the contract allows.
@safe struct AdapterInstance {
  private let table: UnsafePointer<destination_adapter>
  private let instance: UnsafeMutableRawPointer?
  let services: HostServices

  /// What `create`, `configure` and the others answer.
  struct Status {
    var code: Int32
    var problem: String
  }

  /// Calls `create`; `failure` is set instead when it fails.
  init?(_ adapter: LoadedAdapter, _ services: HostServices, failure: inout Status) {
    unsafe table = adapter.table
    self.services = services
    let table = unsafe adapter.table
    var made: UnsafeMutableRawPointer?
    failure = unsafe AdapterInstance.status { problem in
      unsafe table.pointee.create(table, services.table, &made, problem)
    }
    guard failure.code == DESTINATION_OK else { return nil }
    unsafe instance = made
  }

  /// `later` more bytes, noise, stand behind the fields of this header, as a later host's.
  func configure(settings: [UInt8], destinationID: String, later: Int = 0) -> Status {
    let name = Array(destinationID.utf8)
    let size = unsafe MemoryLayout<destination_configuration>.size + later
    return unsafe settings.withUnsafeBufferPointer { settings in
      unsafe name.withUnsafeBufferPointer { name in
        unsafe configure(
          destination_configuration(
            struct_size: UInt32(size), reserved: 0,
            settings: destination_span(data: settings.baseAddress, length: settings.count),
            destination_id: destination_span(data: name.baseAddress, length: name.count)))
      }
    }
  }

  private func configure(_ configuration: destination_configuration) -> Status {
    let size = unsafe Int(configuration.struct_size)
    return unsafe withUnsafeTemporaryAllocation(byteCount: size, alignment: 8) { place in
      _ = unsafe place.initializeMemory(as: UInt8.self, repeating: 0xEE)
      unsafe place.storeBytes(of: configuration, as: destination_configuration.self)
      let start = unsafe place.assumingMemoryBound(to: destination_configuration.self).baseAddress
      return unsafe AdapterInstance.status { unsafe table.pointee.configure(instance, start, $0) }
    }
  }

  func start() -> Status {
    unsafe AdapterInstance.status { unsafe table.pointee.start(instance, $0) }
  }

  func deliver(
    _ batch: inout destination_batch, _ results: UnsafeMutablePointer<destination_result>
  ) {
    unsafe table.pointee.deliver(instance, &batch, results)
  }

  func flush(deadline: UInt64) -> Status {
    unsafe AdapterInstance.status { unsafe table.pointee.flush(instance, deadline, $0) }
  }

  /// Any thread.
  func cancel(_ token: UInt64) { unsafe table.pointee.cancel(instance, token) }

  func stop(deadline: UInt64) { unsafe table.pointee.stop(instance, deadline) }

  func destroy() { unsafe table.pointee.destroy(instance) }

  private static func status(
    _ call: (UnsafeMutablePointer<destination_text>) -> Int32
  ) -> Status {
    unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1024) { buffer in
      var problem = unsafe destination_text(
        data: buffer.baseAddress, capacity: buffer.count, length: 0)
      let code = unsafe call(&problem)
      let said = unsafe destination_span(
        data: buffer.baseAddress, length: min(problem.length, buffer.count))
      return unsafe Status(code: code, problem: String(span: said, longest: 1024) ?? "")
    }
  }
}
