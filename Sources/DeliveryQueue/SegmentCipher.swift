internal import Cryptography

/// Seals and opens the records of one segment.
///
/// Each segment has a key of its own, by HKDF-SHA-256 from the storage key with the segment's random salt. A segment is
/// appended to only by the process that made it, and its ordinals only count up, so no IV comes twice under a key.
struct SegmentCipher: ~Copyable {
  private let header: SegmentHeader
  private var cipher: AES256GCM

  init(
    _ header: SegmentHeader, key: borrowing SecretBytes, name: String
  ) throws(CryptographyError) {
    let info = Array("sealpost delivery-queue 1\u{0}\(name)".utf8)
    let derived = try unsafe HKDF.derive(
      from: key, salt: header.salt.span.bytes, info: info.span.bytes,
      count: AES256GCM.keyLength)
    var cipher = try AES256GCM()
    try cipher.setKey(derived)
    self.header = header
    self.cipher = cipher
  }

  /// The header and the sealed record, as they stand in the file.
  mutating func seal(
    _ block: EventBlock, sequence: UInt64, ordinal: UInt64, time: Int64,
    into frame: inout [UInt8]
  ) throws(QueueError) {
    var header = RecordHeader(
      recordLength: block.encodedLength + AES256GCM.tagLength, firstSequence: sequence,
      ordinal: ordinal, appendedUnixMilliseconds: time, eventCount: block.events.count)
    guard header.recordLength <= RecordHeader.longest else {
      throw .blockTooLong(bytes: header.recordLength, maximum: RecordHeader.longest)
    }
    frame.removeAll(keepingCapacity: true)
    let length = RecordHeader.length + header.recordLength
    if frame.capacity < length { frame.reserveCapacity(length + length / 8) }
    frame.append(contentsOf: repeatElement(0, count: RecordHeader.length))
    try seal(block, header, appendingTo: &frame)
    header.checksum = CRC32C.checksum(frame, RecordHeader.length..<frame.count)
    frame.replaceSubrange(0..<RecordHeader.length, with: header.bytes)
  }

  private mutating func seal(
    _ block: EventBlock, _ record: RecordHeader, appendingTo frame: inout [UInt8]
  ) throws(QueueError) {
    let (label, iv, index) = (header.bytes + record.label, record.iv, block.index())
    do throws(CryptographyError) {
      try unsafe cipher.seal(
        index.span.bytes, block.bytes.span.bytes, iv: iv.span.bytes,
        authenticating: label.span.bytes, appendingTo: &frame)
    } catch {
      throw .cryptography(error)
    }
  }

  /// The events of a record; nil when it is damaged or not authentic.
  ///
  /// - Parameters:
  ///   - plaintext: memory for the record, which is used again for the next.
  ///   - spare: where the block gets its memory.
  mutating func open(
    _ sealed: [UInt8], _ record: RecordHeader, by plaintext: inout [UInt8],
    _ spare: SpareBlocks
  ) -> EventBlock? {
    guard sealed.count == record.recordLength,
      CRC32C.checksum(sealed, sealed.indices) == record.checksum
    else { return nil }
    let (label, iv) = (header.bytes + record.label, record.iv)
    plaintext.removeAll(keepingCapacity: true)
    plaintext.reserveCapacity(sealed.count)
    do throws(CryptographyError) {
      try unsafe cipher.open(
        sealed.span.bytes, iv: iv.span.bytes, authenticating: label.span.bytes,
        appendingTo: &plaintext)
    } catch {
      return nil
    }
    var block = spare.take()
    return block.fill(from: plaintext, count: record.eventCount) ? block : nil
  }
}
