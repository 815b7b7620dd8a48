internal import CDestinationAdapter

/// A batch as the adapter sees it: the message's own bytes, and an array that points into them.
///
/// Memory is kept from batch to batch. Every offset is checked again on this side.
@safe struct IncomingBatch: ~Copyable {
  private var events: UnsafeMutablePointer<destination_event>
  private var results: UnsafeMutablePointer<destination_result>
  private var capacity = 1024

  init() {
    unsafe events = .allocate(capacity: capacity)
    unsafe results = .allocate(capacity: capacity)
  }

  deinit {
    unsafe events.deallocate()
    unsafe results.deallocate()
  }

  /// The numbers at the head of the message; nil when the message is not one.
  struct Head {
    let batchID: UInt64
    let token: UInt64
    let timeout: UInt64
    let count: Int
    let byteCount: Int

    init?(_ message: [UInt8]) {
      var reader = WireReader(message)
      guard let batchID = reader.number(UInt64.self), let token = reader.number(UInt64.self),
        let timeout = reader.number(UInt64.self), let count = reader.number(UInt32.self),
        let byteCount = reader.number(UInt32.self),
        message.count == DeliverMessage.fixedSize + Int(count) * DeliverMessage.slotSize
          + Int(byteCount)
      else { return nil }
      self.batchID = batchID
      self.token = token
      self.timeout = timeout
      self.count = Int(count)
      self.byteCount = Int(byteCount)
    }
  }

  /// Calls `body` with the batch and zeroed results, which are borrowed from the message; false when a slot of it lies
  /// outside its bytes.
  mutating func withBatch(
    _ head: Head, _ message: [UInt8], deadline: UInt64,
    _ body: (inout destination_batch, UnsafeMutablePointer<destination_result>) -> Void
  ) -> Bool {
    grow(to: head.count)
    return unsafe message.withUnsafeBufferPointer { message in
      let start = DeliverMessage.fixedSize + head.count * DeliverMessage.slotSize
      let ndjson = unsafe UnsafeBufferPointer(rebasing: message[start...])
      for index in 0..<head.count {
        let place = DeliverMessage.fixedSize + index * DeliverMessage.slotSize
        guard
          unsafe fill(index, UnsafeRawBufferPointer(message), place, ndjson)
        else { return false }
      }
      var batch = unsafe destination_batch(
        struct_size: UInt32(MemoryLayout<destination_batch>.size),
        event_stride: UInt32(MemoryLayout<destination_event>.stride),
        event_count: UInt32(head.count),
        result_stride: UInt32(MemoryLayout<destination_result>.stride),
        events: UnsafePointer(events),
        ndjson: destination_span(data: ndjson.baseAddress, length: ndjson.count),
        batch_id: head.batchID, call_token: head.token, deadline_mono_ns: deadline)
      unsafe body(&batch, results)
      return true
    }
  }

  private mutating func grow(to count: Int) {
    // One more than asked for, so that a write just behind the last result meets memory that nobody reads.
    if count >= capacity {
      capacity = 2 * count + 1
      unsafe events.deallocate()
      unsafe results.deallocate()
      unsafe events = .allocate(capacity: capacity)
      unsafe results = .allocate(capacity: capacity)
    }
    unsafe results.initialize(repeating: destination_result(), count: count + 1)
  }

  private func fill(
    _ index: Int, _ message: UnsafeRawBufferPointer, _ place: Int,
    _ ndjson: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    let word = { (offset: Int) in
      Int(
        unsafe UInt32(
          littleEndian: message.loadUnaligned(fromByteOffset: place + offset, as: UInt32.self)))
    }
    let (offset, length, idOffset, idLength) = (word(0), word(4), word(8), word(12))
    guard offset + length <= ndjson.count, idOffset + idLength <= ndjson.count,
      let base = ndjson.baseAddress
    else { return false }
    let received = unsafe Int64(
      littleEndian: message.loadUnaligned(fromByteOffset: place + 24, as: Int64.self))
    unsafe (events + index).initialize(
      to: destination_event(
        json: destination_span(data: base + offset, length: length),
        id: destination_span(data: base + idOffset, length: idLength),
        received_unix_ns: received, type: UInt32(word(16)), attempt: UInt32(word(20)), flags: 0))
    return true
  }
}
