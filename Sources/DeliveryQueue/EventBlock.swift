/// Where one event stands in a block, and what its delivery needs to know without reading it.
package struct QueuedEvent: Sendable, Equatable {
  /// The event's JSON within the block's bytes.
  package var offset: Int
  package var length: Int
  /// The messageId within the block's bytes, between its quotes.
  package var idOffset: Int
  package var idLength: Int
  /// As in `EventType.rawValue`.
  package var type: UInt8
  /// A hash of the user: events with equal ones keep their order.
  package var user: UInt64
  package var receivedUnixNanoseconds: Int64

  // Inlinable, so that a new one is written where it is to stand; by way of the stack each waited for its own stores.
  @inlinable
  package init(
    offset: Int, length: Int, idOffset: Int, idLength: Int, type: UInt8, user: UInt64,
    receivedUnixNanoseconds: Int64
  ) {
    self.offset = offset
    self.length = length
    self.idOffset = idOffset
    self.idLength = idLength
    self.type = type
    self.user = user
    self.receivedUnixNanoseconds = receivedUnixNanoseconds
  }
}

/// Events of one destination, one after the other, each with a line feed behind it.
package struct EventBlock: Sendable, Equatable {
  package var bytes: [UInt8] = []
  package var events: [QueuedEvent] = []

  package init(bytes: [UInt8] = [], events: [QueuedEvent] = []) {
    self.bytes = bytes
    self.events = events
  }

  package var isEmpty: Bool { events.isEmpty }

  package mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    events.removeAll(keepingCapacity: true)
  }

  /// The event's JSON.
  package func json(of event: QueuedEvent) -> ArraySlice<UInt8> {
    bytes[event.offset..<event.offset + event.length]
  }
}

// MARK: - In a record

extension EventBlock {
  /// Length, offset and length of the messageId, type, user, time: 4, 4, 2, 2, 8 and 8 bytes.
  static let slotLength = 28

  /// Of ``index()`` and the bytes behind it.
  var encodedLength: Int { events.count * Self.slotLength + bytes.count }

  /// The slots of all events; in a record the bytes follow them.
  func index() -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: events.count * Self.slotLength) { bytes, count in
      let slots = UnsafeMutableRawBufferPointer(bytes)
      for event in events {
        unsafe event.write(to: slots, at: count)
        count += Self.slotLength
      }
    }
  }

  /// Nil when the bytes are not an index of `count` events and exactly their bytes.
  init?(_ record: [UInt8], count: Int) {
    let start = count * Self.slotLength
    guard count > 0, start <= record.count else { return nil }
    var offset = 0
    events.reserveCapacity(count)
    for slot in stride(from: 0, to: start, by: Self.slotLength) {
      let length = Int(record.number(at: slot, as: UInt32.self))
      let identifier = Int(record.number(at: slot + 4, as: UInt32.self))
      let identifierLength = Int(record.number(at: slot + 8, as: UInt16.self))
      guard length > 0, identifier + identifierLength <= length,
        start + offset + length < record.count
      else { return nil }
      events.append(
        QueuedEvent(
          offset: offset, length: length, idOffset: offset + identifier,
          idLength: identifierLength,
          type: UInt8(truncatingIfNeeded: record.number(at: slot + 10, as: UInt16.self)),
          user: record.number(at: slot + 12),
          receivedUnixNanoseconds: record.number(at: slot + 20)))
      offset += length + 1
    }
    guard start + offset == record.count else { return nil }
    bytes = Array(record[start...])
  }
}

extension QueuedEvent {
  /// Its slot in a block's index, at that offset of memory that has room for it.
  fileprivate func write(to slots: UnsafeMutableRawBufferPointer, at offset: Int) {
    func store<Number: FixedWidthInteger>(_ number: Number, _ place: Int) {
      unsafe slots.storeBytes(
        of: number.littleEndian, toByteOffset: offset + place, as: Number.self)
    }
    store(UInt32(length), 0)
    store(UInt32(idOffset - self.offset), 4)
    store(UInt16(idLength), 8)
    store(UInt16(type), 10)
    store(user, 12)
    store(receivedUnixNanoseconds, 20)
  }
}
