/// Says that a batch lies in the shared memory: its slots, then the events' bytes.
struct DeliverMessage: Equatable {
  let batchID: UInt64
  let token: UInt64
  /// Nanoseconds; 0 for none.
  let timeout: UInt64
  let count: Int
  let byteCount: Int

  var bytes: [UInt8] {
    var writer = WireWriter()
    writer.number(batchID)
    writer.number(token)
    writer.number(timeout)
    writer.number(UInt32(count))
    writer.number(UInt32(byteCount))
    return writer.bytes
  }
}

extension DeliverMessage {
  /// Nil when the payload is not one, or says more than the memory has room for.
  init?(_ payload: [UInt8]) {
    var reader = WireReader(payload)
    guard let batchID = reader.number(UInt64.self), let token = reader.number(UInt64.self),
      let timeout = reader.number(UInt64.self), let count = reader.number(UInt32.self),
      let byteCount = reader.number(UInt32.self), reader.isAtEnd,
      BatchSlot.size(of: Int(count)) + Int(byteCount) <= BatchSlot.sizeOfMemory
    else { return nil }
    self.init(
      batchID: batchID, token: token, timeout: timeout, count: Int(count),
      byteCount: Int(byteCount))
  }
}

/// One event's place in the shared memory.
///
/// As it lies in the memory of host and worker, which are the same executable on the same machine.
struct BatchSlot: BitwiseCopyable {
  /// From the first event's first byte.
  let offset: UInt32
  let length: UInt32
  let idOffset: UInt32
  let idLength: UInt32
  let type: UInt32
  let attempt: UInt32
  let receivedUnixNanoseconds: Int64

  /// Of the shared memory, in addresses: the largest batch fits.
  ///
  /// A page that nobody has touched takes no memory.
  static let sizeOfMemory = 96 << 20

  /// Bytes of so many slots; the events' bytes follow.
  static func size(of count: Int) -> Int { count * MemoryLayout<BatchSlot>.stride }
}
