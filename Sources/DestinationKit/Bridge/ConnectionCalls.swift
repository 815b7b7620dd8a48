internal import CDestinationAdapter

/// Calls a function of `host.connection/1`, and makes its status and words an error.
enum ConnectionCalls {
  static func check(
    _ call: (UnsafeMutablePointer<destination_text>) -> Int32
  ) throws(ConnectionFailure) {
    var problem = [UInt8](repeating: 0, count: 1024)
    var length = 0
    let status = unsafe problem.withUnsafeMutableBufferPointer { buffer in
      var text = unsafe destination_text(
        data: buffer.baseAddress, capacity: buffer.count, length: 0)
      let status = unsafe call(&text)
      length = unsafe min(text.length, buffer.count)
      return status
    }
    guard status != DESTINATION_OK else { return }
    throw ConnectionFailure(
      ConnectionFailure.Kind(rawValue: status) ?? .unavailable,
      String(decoding: problem.prefix(max(0, length)), as: UTF8.self))
  }
}
