internal import CDestinationAdapter
internal import Glibc

/// A batch as the adapter sees it: the bytes that the host laid out, and an array that points into them.
///
/// Memory is kept from batch to batch. Every offset is checked again on this side.
@safe struct IncomingBatch: ~Copyable {
  /// The shared memory, which cannot be written from here.
  private let memory: UnsafeRawPointer
  private var events: UnsafeMutablePointer<destination_event>
  private var results: UnsafeMutablePointer<destination_result>
  private var capacity = 1024

  /// Maps the shared memory and closes the descriptor: the adapter never has it.
  init(mapping descriptor: consuming OwnedDescriptor) throws(SandboxFailure) {
    let memory = unsafe mmap(
      nil, BatchSlot.sizeOfMemory, PROT_READ, MAP_SHARED, descriptor.number, 0)
    guard let memory = unsafe memory, unsafe memory != MAP_FAILED else {
      throw .last("mapping the batches' memory")
    }
    unsafe self.memory = UnsafeRawPointer(memory)
    unsafe events = .allocate(capacity: capacity)
    unsafe results = .allocate(capacity: capacity)
  }

  deinit {
    unsafe events.deallocate()
    unsafe results.deallocate()
    unsafe munmap(UnsafeMutableRawPointer(mutating: memory), BatchSlot.sizeOfMemory)
  }

  /// Calls `body` with the batch and zeroed results, which are borrowed; false when a slot of it lies outside its bytes.
  mutating func withBatch(
    _ message: DeliverMessage, deadline: UInt64,
    _ body: (inout destination_batch, UnsafeMutablePointer<destination_result>) -> Void
  ) -> Bool {
    grow(to: message.count)
    let start = unsafe memory + BatchSlot.size(of: message.count)
    let ndjson = unsafe destination_span(
      data: start.assumingMemoryBound(to: UInt8.self), length: message.byteCount)
    for index in 0..<message.count {
      guard unsafe fill(index, within: ndjson) else { return false }
    }
    var batch = unsafe destination_batch(
      struct_size: UInt32(MemoryLayout<destination_batch>.size),
      event_stride: UInt32(MemoryLayout<destination_event>.stride),
      event_count: UInt32(message.count),
      result_stride: UInt32(MemoryLayout<destination_result>.stride),
      events: UnsafePointer(events), ndjson: ndjson, batch_id: message.batchID,
      call_token: message.token, deadline_mono_ns: deadline)
    unsafe body(&batch, results)
    return true
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

  private func fill(_ index: Int, within ndjson: destination_span) -> Bool {
    let slot = unsafe memory.assumingMemoryBound(to: BatchSlot.self)[index]
    guard let base = unsafe ndjson.data,
      unsafe Int(slot.offset) + Int(slot.length) <= ndjson.length,
      unsafe Int(slot.idOffset) + Int(slot.idLength) <= ndjson.length
    else { return false }
    unsafe (events + index).initialize(
      to: destination_event(
        json: destination_span(data: base + Int(slot.offset), length: Int(slot.length)),
        id: destination_span(data: base + Int(slot.idOffset), length: Int(slot.idLength)),
        received_unix_ns: slot.receivedUnixNanoseconds, type: slot.type, attempt: slot.attempt,
        flags: 0))
    return true
  }
}
