/// Where one event stands in a block, and what its delivery needs to know without reading it.
///
/// 32 bytes, as each block in memory has thousands of them: a place in a block needs four bytes, as it does in a record.
package struct QueuedEvent: Sendable, Equatable {
  /// A hash of the user: events with equal ones keep their order.
  package var user: UInt64
  package var receivedUnixNanoseconds: Int64
  @usableFromInline var start: UInt32
  @usableFromInline var size: UInt32
  @usableFromInline var idStart: UInt32
  @usableFromInline var idSize: UInt16
  /// As in `EventType.rawValue`.
  package var type: UInt8

  // Inlinable, so that a new one is written where it is to stand; by way of the stack each waited for its own stores.
  @inlinable
  package init(
    offset: Int, length: Int, idOffset: Int, idLength: Int, type: UInt8, user: UInt64,
    receivedUnixNanoseconds: Int64
  ) {
    start = UInt32(offset)
    size = UInt32(length)
    idStart = UInt32(idOffset)
    idSize = UInt16(idLength)
    self.type = type
    self.user = user
    self.receivedUnixNanoseconds = receivedUnixNanoseconds
  }

  /// The event's JSON within the block's bytes.
  @inlinable package var offset: Int { Int(start) }
  @inlinable package var length: Int { Int(size) }
  /// The messageId within the block's bytes, between its quotes.
  @inlinable package var idOffset: Int { Int(idStart) }
  @inlinable package var idLength: Int { Int(idSize) }

  /// The same where its bytes begin at another place.
  package func moved(to offset: Int) -> QueuedEvent {
    QueuedEvent(
      offset: offset, length: length, idOffset: offset + (idOffset - self.offset),
      idLength: idLength, type: type, user: user, receivedUnixNanoseconds: receivedUnixNanoseconds)
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
  /// What it takes in memory, and what it has there.
  package var sizeInBytes: Int { bytes.count + events.count * MemoryLayout<QueuedEvent>.stride }
  package var capacityInBytes: Int {
    bytes.capacity + events.capacity * MemoryLayout<QueuedEvent>.stride
  }

  /// Makes room for so much, so that nothing has to be moved while it is filled.
  package mutating func reserve(bytes: Int, events: Int) {
    self.bytes.reserveCapacity(Self.rounded(bytes))
    self.events.reserveCapacity(Self.rounded(events))
  }

  /// Up, by an eighth at most: sizes that differ by little become one.
  private static func rounded(_ count: Int) -> Int {
    guard count > 64 else { return count }
    let step = 1 << (count.bitWidth - count.leadingZeroBitCount - 4)
    return (count + step - 1) / step * step
  }

  /// The same in memory of its own, no larger than it needs.
  func copied() -> EventBlock {
    var copy = EventBlock()
    copy.bytes.reserveCapacity(bytes.count)
    copy.bytes += bytes
    copy.events.reserveCapacity(events.count)
    copy.events += events
    return copy
  }

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

  /// Puts a record's events in place of its own.
  ///
  /// - Returns: false when the record is not an index of `count` events and exactly their bytes.
  mutating func fill(from record: [UInt8], count: Int) -> Bool {
    removeAll()
    let start = count * Self.slotLength
    guard count > 0, start <= record.count else { return false }
    reserve(bytes: record.count - start, events: count)
    let length = record.count - start
    var offset = 0
    for slot in stride(from: 0, to: start, by: Self.slotLength) {
      guard let event = QueuedEvent(slot: slot, of: record, at: offset, within: length)
      else { return false }
      events.append(event)
      offset += event.length + 1
    }
    bytes += record[start...]
    return offset == bytes.count
  }
}

extension QueuedEvent {
  /// As it stands in a record's slot; its bytes begin at `offset` of a block.
  ///
  /// Nil when its messageId is not within it, or it with a line feed not within so many bytes.
  fileprivate init?(slot: Int, of record: [UInt8], at offset: Int, within count: Int) {
    let length = Int(record.number(at: slot, as: UInt32.self))
    let identifier = Int(record.number(at: slot + 4, as: UInt32.self))
    let identifierLength = Int(record.number(at: slot + 8, as: UInt16.self))
    guard length > 0, identifier + identifierLength <= length, offset + length < count
    else { return nil }
    self.init(
      offset: offset, length: length, idOffset: offset + identifier, idLength: identifierLength,
      type: UInt8(truncatingIfNeeded: record.number(at: slot + 10, as: UInt16.self)),
      user: record.number(at: slot + 12), receivedUnixNanoseconds: record.number(at: slot + 20))
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
