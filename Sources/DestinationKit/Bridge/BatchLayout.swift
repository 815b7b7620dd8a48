internal import CDestinationAdapter

/// A `destination_batch` whose numbers were checked.
///
/// The pointers are good until the `deliver` it was given to returns.
@safe struct BatchLayout {
  let count: Int
  let batchID: UInt64
  let callToken: UInt64
  let deadline: UInt64
  let ndjson: destination_span
  private let events: UnsafeRawPointer?
  private let eventStride: Int

  /// nil where the batch is smaller than version 1.0 has it, or cannot be walked.
  init?(_ batch: UnsafePointer<destination_batch>) {
    guard Int(unsafe batch.pointee.struct_size) >= ABISize.batch else {
      return nil
    }
    let batch = unsafe batch.pointee
    let stride = Int(unsafe batch.event_stride)
    let count = Int(unsafe batch.event_count)
    let isThere = unsafe batch.events != nil
    guard count == 0 || isThere, stride >= ABISize.event,
      Int(unsafe batch.result_stride) >= ABISize.result
    else { return nil }
    self.count = count
    eventStride = stride
    unsafe events = UnsafeRawPointer(batch.events)
    unsafe ndjson = batch.ndjson
    batchID = unsafe batch.batch_id
    callToken = unsafe batch.call_token
    deadline = unsafe batch.deadline_mono_ns
  }

  /// An index below `count`.
  func event(at index: Int) -> EventLayout {
    guard index >= 0, index < count, let events = unsafe events else { return EventLayout() }
    return unsafe EventLayout(
      events.loadUnaligned(fromByteOffset: index * eventStride, as: destination_event.self))
  }
}

/// A `destination_event`, copied out of its array; what it points to is the host's.
@safe struct EventLayout {
  let json: destination_span
  let id: destination_span
  let type: UInt32
  let attempt: UInt32
  let receivedUnixNanoseconds: Int64

  init() {
    unsafe self.init(destination_event())
  }

  init(_ event: destination_event) {
    unsafe json = event.json
    unsafe id = event.id
    type = unsafe event.type
    attempt = unsafe event.attempt
    receivedUnixNanoseconds = unsafe event.received_unix_ns
  }
}
