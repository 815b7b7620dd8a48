internal import CDestinationAdapter
internal import Foundation
internal import Glibc

/// A batch in memory that was laid out to find mistakes; unmapped when this goes away.
///
/// What is longer than ABI 1.0 has it, and what stands behind a payload, is noise: a reader that does not keep to
/// strides and lengths meets it, and a writer is seen.
@safe final class TrialMemory {
  private static let noise: UInt8 = 0xA5
  private let layout: TrialBatch
  private let eventStride: Int
  private let resultStride: Int
  private var mappings: [(start: UnsafeMutableRawPointer, size: Int)] = unsafe []
  private let results: UnsafeMutableRawPointer
  private let batch: UnsafeMutableRawPointer
  private var payloads: [(place: UnsafeMutableRawPointer, bytes: [UInt8])] = unsafe []

  /// Nil when there is no memory.
  init?(_ layout: TrialBatch) {
    self.layout = layout
    eventStride = unsafe MemoryLayout<destination_event>.size + layout.eventExtra
    resultStride = MemoryLayout<destination_result>.size + layout.resultExtra
    let batchSize = unsafe MemoryLayout<destination_batch>.size + layout.batchExtra
    // One more result than there are events, where no guard stands behind the last.
    let spare = layout.memory == .guarded ? 0 : 1
    guard
      let results = TrialMemory.map(resultStride * (layout.events.count + spare)),
      let batch = TrialMemory.map(batchSize)
    else { return nil }
    unsafe self.results = results.place
    unsafe self.batch = batch.place
    unsafe mappings = [(results.start, results.size), (batch.start, batch.size)]
    guard fillBatch() else { return nil }
    clear()
  }

  deinit {
    unsafe mappings.forEach { unsafe munmap($0.start, $0.size) }
  }

  /// Gives batch and results to the call; both stay as they are between two calls but for the results, which are cleared.
  func call(
    token: UInt64, deadline: UInt64,
    _ body: (UnsafeMutablePointer<destination_batch>, UnsafeMutablePointer<destination_result>) ->
      Void
  ) {
    let batch = unsafe batch.assumingMemoryBound(to: destination_batch.self)
    unsafe batch.pointee.call_token = token
    unsafe batch.pointee.batch_id = token
    unsafe batch.pointee.deadline_mono_ns = deadline
    clear()
    unsafe body(batch, results.assumingMemoryBound(to: destination_result.self))
  }

  func result(at index: Int) -> destination_result {
    unsafe results.loadUnaligned(
      fromByteOffset: index * resultStride, as: destination_result.self)
  }

  /// What was written where nothing may be written.
  var spoiled: [String] {
    var found: [String] = []
    let known = MemoryLayout<destination_result>.size
    let count = layout.events.count
    let between = (0..<count).contains { index in
      unsafe !isNoise(results + index * resultStride + known, layout.resultExtra)
    }
    if between { found.append("bytes between two results") }
    if layout.memory != .guarded, unsafe !isNoise(results + count * resultStride, resultStride) {
      found.append("a result behind the last")
    }
    let isChanged = unsafe payloads.contains { place, bytes in
      unsafe memcmp(place, bytes, bytes.count) != 0
    }
    if isChanged { found.append("an event's bytes") }
    return found
  }

  private func isNoise(_ place: UnsafeMutableRawPointer, _ count: Int) -> Bool {
    unsafe UnsafeRawBufferPointer(start: place, count: count).allSatisfy {
      $0 == TrialMemory.noise
    }
  }
}

extension TrialBatch.Event {
  /// The JSON with its padding.
  fileprivate var bytes: [UInt8] {
    guard padding > 0, let mark = json.range(of: Data(Self.mark.utf8)) else { return Array(json) }
    return Array(json[..<mark.lowerBound]) + [UInt8](repeating: UInt8(ascii: "x"), count: padding)
      + Array(json[mark.upperBound...])
  }
}

// MARK: - Laying out

extension TrialMemory {
  @safe private struct Room {
    let place: UnsafeMutableRawPointer
    let start: UnsafeMutableRawPointer
    let size: Int
  }

  /// Room that ends where a page ends, with a page behind it that nobody may touch; full of noise.
  private static func map(
    _ count: Int
  ) -> Room? {
    let page = sysconf(Int32(_SC_PAGESIZE))
    let room = max(1, (count + page - 1) / page) * page
    let start = unsafe mmap(
      nil, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let start = unsafe start, unsafe start != MAP_FAILED,
      unsafe mprotect(start + room, page, PROT_NONE) == 0
    else { return nil }
    unsafe memset(start, Int32(noise), room)
    return unsafe Room(place: start + (room - count), start: start, size: room + page)
  }

  /// Bytes somewhere, with noise in words behind them unless they are guarded.
  private func place(_ bytes: [UInt8]) -> UnsafeMutableRawPointer? {
    let tail = layout.memory == .guarded ? [] : Array(TrialBatch.beyond.utf8) + [0]
    guard let room = TrialMemory.map(bytes.count + tail.count) else { return nil }
    unsafe mappings.append((room.start, room.size))
    unsafe (bytes + tail).withUnsafeBytes { source in
      if let base = source.baseAddress { unsafe memcpy(room.place, base, source.count) }
    }
    if layout.memory == .plain {
      unsafe payloads.append((room.place, bytes))
    } else {
      let page = sysconf(Int32(_SC_PAGESIZE))
      guard unsafe mprotect(room.start, room.size - page, PROT_READ) == 0 else { return nil }
    }
    return unsafe room.place
  }

  private func span(_ bytes: [UInt8]) -> destination_span? {
    guard let place = unsafe place(bytes) else { return nil }
    return unsafe destination_span(
      data: UnsafePointer(place.assumingMemoryBound(to: UInt8.self)), length: bytes.count)
  }

  /// Writes the batch; as in the host, an event's JSON is a part of the NDJSON, but where each is guarded.
  private func fillBatch() -> Bool {
    let lines = layout.events.map(\.bytes)
    guard let ndjson = unsafe span(TrialMemory.joined(lines)),
      let events = unsafe events(lines, within: ndjson)
    else { return false }
    let filled = unsafe destination_batch(
      struct_size: UInt32(MemoryLayout<destination_batch>.size + layout.batchExtra),
      event_stride: UInt32(eventStride), event_count: UInt32(lines.count),
      result_stride: UInt32(resultStride),
      events: lines.isEmpty ? nil : events.assumingMemoryBound(to: destination_event.self),
      ndjson: ndjson, batch_id: 0, call_token: 0, deadline_mono_ns: 0)
    unsafe batch.storeBytes(of: filled, as: destination_batch.self)
    return true
  }

  private static func joined(_ lines: [[UInt8]]) -> [UInt8] {
    var all: [UInt8] = []
    all.reserveCapacity(lines.reduce(0) { $0 + $1.count + 1 })
    for line in lines {
      if !all.isEmpty { all.append(UInt8(ascii: "\n")) }
      all += line
    }
    return all
  }

  private func events(
    _ lines: [[UInt8]], within ndjson: destination_span
  ) -> UnsafeRawPointer? {
    var bytes = [UInt8](repeating: TrialMemory.noise, count: lines.count * eventStride)
    var offset = 0
    for (index, event) in layout.events.enumerated() {
      var json = unsafe destination_span(
        data: ndjson.data.map { unsafe $0 + offset }, length: lines[index].count)
      if layout.memory == .guarded {
        guard let guarded = unsafe span(lines[index]) else { return nil }
        unsafe json = guarded
      }
      offset += lines[index].count + 1
      guard let id = unsafe span(Array(event.id.utf8)) else { return nil }
      let filled = unsafe destination_event(
        json: json, id: id, received_unix_ns: HostServices.now(CLOCK_REALTIME), type: event.type,
        attempt: event.attempt, flags: 0)
      unsafe bytes.withUnsafeMutableBytes { bytes in
        unsafe bytes.storeBytes(
          of: filled, toByteOffset: index * eventStride, as: destination_event.self)
      }
    }
    return unsafe place(bytes).map { UnsafeRawPointer($0) }
  }

  /// Results as the contract has them: zeroed as far as the reader knows them.
  private func clear() {
    let known = MemoryLayout<destination_result>.size
    for index in 0..<layout.events.count {
      unsafe memset(results + index * resultStride, 0, known)
    }
  }
}
