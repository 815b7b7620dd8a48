/// A batch on its way to the worker: numbers, one slot for each event, then the events' bytes.
enum DeliverMessage {
  /// Batch id, token, timeout in nanoseconds, count, length of the bytes.
  static let fixedSize = 8 + 8 + 8 + 4 + 4
  static let slotSize = 32

  /// Everything before the bytes, offsets counted from the first selected event.
  static func head(
    _ batch: OutgoingBatch, token: UInt64, timeout: UInt64, into writer: inout WireWriter
  ) {
    let bytes = batch.selectedBytes
    writer.number(batch.batchID)
    writer.number(token)
    writer.number(timeout)
    writer.number(UInt32(batch.selection.count))
    writer.number(UInt32(bytes.count))
    for event in batch.events[batch.selection] {
      writer.number(UInt32(event.offset - bytes.lowerBound))
      writer.number(UInt32(event.length))
      writer.number(UInt32(event.idOffset - bytes.lowerBound))
      writer.number(UInt32(event.idLength))
      writer.number(UInt32(event.type))
      writer.number(event.attempt)
      writer.number(event.receivedUnixNanoseconds)
    }
  }

  /// Whether every slot of the batch lies inside its bytes, one line feed behind the other, and the whole fits a message.
  ///
  /// So nothing leaves the host that is not one of the selected events.
  static func isSound(_ batch: OutgoingBatch) -> Bool {
    guard batch.events.indices.contains(batch.selection) || batch.selection.isEmpty else {
      return false
    }
    let bytes = batch.selectedBytes
    guard bytes.lowerBound >= 0, bytes.upperBound <= batch.ndjson.count,
      fixedSize + slotSize * batch.selection.count + bytes.count <= FrameHeader.longest
    else { return false }
    var end = bytes.lowerBound - 1
    for event in batch.events[batch.selection] {
      guard event.offset == end + 1,
        end < bytes.lowerBound || end < bytes.upperBound && batch.ndjson[end] == UInt8(ascii: "\n"),
        event.length > 0, event.idOffset >= event.offset,
        event.idLength >= 0, event.idOffset + event.idLength <= event.offset + event.length
      else { return false }
      end = event.offset + event.length
    }
    return batch.selection.isEmpty || end == bytes.upperBound
  }
}
