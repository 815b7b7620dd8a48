internal import CSandbox
internal import Glibc

/// The host's end of the memory in which it lays out each batch for one worker.
///
/// The host alone writes there, and never reads it. The worker gets a descriptor that is open for reading only, and
/// closes it once it has mapped the memory: before a byte of the adapter is mapped. Nobody can make the memory smaller,
/// so no access of the host's to it ever faults.
@safe final class BatchMemory {
  /// What stays for the next batch; what a larger one took goes back when its call has come back.
  static let kept = 4 << 20

  private let base: UnsafeMutableRawPointer
  /// Bytes from the start that may have been touched.
  private(set) var touched = 0

  /// Maps what ``make()`` has made.
  init(_ memory: borrowing OwnedDescriptor) throws(LoadError) {
    guard
      let base = unsafe mmap(
        nil, BatchSlot.sizeOfMemory, PROT_READ | PROT_WRITE, MAP_SHARED, memory.number, 0),
      unsafe base != MAP_FAILED
    else { throw .system(call: "mmap of a batch's memory", code: errno) }
    unsafe self.base = base
  }

  deinit { unsafe munmap(base, BatchSlot.sizeOfMemory) }

  /// Memory of its final size.
  static func make() throws(LoadError) -> OwnedDescriptor {
    let memory = OwnedDescriptor(unsafe sandbox_memfd("destination-batches"))
    guard memory.number >= 0 else { throw .system(call: "memfd_create", code: errno) }
    guard ftruncate(memory.number, off_t(BatchSlot.sizeOfMemory)) == 0,
      sandbox_seal_size(memory.number) == 0
    else { throw .system(call: "sizing a batch's memory", code: errno) }
    return memory
  }

  /// A descriptor with which no mapping can be made, or become, writable.
  static func reader(of memory: borrowing OwnedDescriptor) throws(LoadError) -> OwnedDescriptor {
    let reader = unsafe open("/proc/self/fd/\(memory.number)", O_RDONLY | O_CLOEXEC)
    guard reader >= 0 else { throw .system(call: "open of a batch's memory", code: errno) }
    return try OwnedDescriptor(reader).copyAboveWorkers()
  }
}

// MARK: - Batches

extension BatchMemory {
  /// Copies the selected events, a line feed between two, over what was there; how many bytes they are.
  ///
  /// Nil when a slot lies outside of the batch's bytes, or when they do not fit. Only for a worker that no call is
  /// under way in.
  func lay(out batch: OutgoingBatch) -> Int? {
    let selection = batch.selection
    guard selection.lowerBound >= 0, selection.upperBound <= batch.events.count else { return nil }
    let end = unsafe batch.ndjson.withUnsafeBytes { bytes in
      unsafe lay(out: batch.events[selection], of: bytes)
    }
    guard let end else { return nil }
    touched = max(touched, end)
    return end - BatchSlot.size(of: selection.count)
  }

  /// Where the last event's bytes end.
  private func lay(out events: ArraySlice<EventSlot>, of bytes: UnsafeRawBufferPointer) -> Int? {
    let slots = unsafe base.assumingMemoryBound(to: BatchSlot.self)
    let start = BatchSlot.size(of: events.count)
    var end = start
    for (number, event) in events.enumerated() {
      // With room for the line feed.
      guard event.isInside(bytes.count), end + event.length < BatchSlot.sizeOfMemory else {
        return nil
      }
      if number > 0 {
        unsafe base.storeBytes(of: UInt8(ascii: "\n"), toByteOffset: end, as: UInt8.self)
        end += 1
      }
      unsafe (base + end).copyMemory(
        from: bytes.baseAddress! + event.offset, byteCount: event.length)
      unsafe slots[number] = BatchSlot(event, at: end - start)
      end += event.length
    }
    return end
  }

  /// After a call has come back: lets go of what only a batch of unusual size needed.
  func giveBack() {
    guard touched > Self.kept else { return }
    // What the kernel does not take now it is offered again after the next call.
    guard unsafe madvise(base + Self.kept, BatchSlot.sizeOfMemory - Self.kept, MADV_REMOVE) == 0
    else { return }
    touched = Self.kept
  }
}

extension EventSlot {
  /// Whether the event is within so many bytes, and its messageId within the event.
  fileprivate func isInside(_ count: Int) -> Bool {
    offset >= 0 && length > 0 && offset <= count && length <= count - offset
      && idOffset >= offset && idLength >= 0 && idOffset <= offset + length
      && idLength <= offset + length - idOffset
  }
}

extension BatchSlot {
  fileprivate init(_ event: EventSlot, at offset: Int) {
    self.init(
      offset: UInt32(offset), length: UInt32(event.length),
      idOffset: UInt32(offset + event.idOffset - event.offset), idLength: UInt32(event.idLength),
      type: UInt32(event.type), attempt: event.attempt,
      receivedUnixNanoseconds: event.receivedUnixNanoseconds)
  }
}
