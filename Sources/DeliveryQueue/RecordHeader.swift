/// The 48 bytes before each record of a segment.
///
/// ```
///  0  "SPQR"   4  length of the record (4)   8  number of its first event (8)   16  ordinal (8)
/// 24  appended, milliseconds since 1970 (8)   32  how many events (4)   36  CRC-32C of the record (4)
/// 40  0 (4)   44  CRC-32C of the 44 bytes (4)
/// ```
struct RecordHeader: Equatable, Sendable {
  static let length = 48
  /// The longest record in bytes: 64 MiB.
  static let longest = 64 << 20
  static let magic = Array("SPQR".utf8)
  /// Its first bytes, which are authenticated with the record; the checksums are not known yet when it is sealed.
  private static let authenticatedLength = 36

  let recordLength: Int
  let firstSequence: UInt64
  /// Counts the records that were sealed for this segment, those included that never reached it: the IV.
  let ordinal: UInt64
  let appendedUnixMilliseconds: Int64
  let eventCount: Int
  var checksum: UInt32 = 0

  var sequences: Range<UInt64> { firstSequence..<firstSequence + UInt64(eventCount) }

  /// With the record, in bytes.
  var wholeLength: Int { Self.length + recordLength }

  /// What is authenticated with the record.
  var label: [UInt8] {
    var bytes = Self.magic
    bytes.append(number: UInt32(recordLength))
    bytes.append(number: firstSequence)
    bytes.append(number: ordinal)
    bytes.append(number: appendedUnixMilliseconds)
    bytes.append(number: UInt32(eventCount))
    return bytes
  }

  var bytes: [UInt8] {
    var bytes = label
    bytes.append(number: checksum)
    bytes.append(number: UInt32(0))
    bytes.append(number: CRC32C.checksum(bytes, bytes.indices))
    return bytes
  }

  /// Four zero bytes and the ordinal.
  var iv: [UInt8] {
    var iv: [UInt8] = [0, 0, 0, 0]
    iv.append(number: ordinal)
    return iv
  }
}

extension RecordHeader {
  /// The header that stands at `offset`; nil when none does.
  init?(_ bytes: [UInt8], at offset: Int = 0) {
    guard offset + Self.length <= bytes.count, bytes[offset...].starts(with: Self.magic),
      bytes.number(at: offset + 44, as: UInt32.self)
        == CRC32C.checksum(bytes, offset..<offset + 44)
    else { return nil }
    recordLength = Int(bytes.number(at: offset + 4, as: UInt32.self))
    firstSequence = bytes.number(at: offset + 8)
    ordinal = bytes.number(at: offset + 16)
    appendedUnixMilliseconds = bytes.number(at: offset + 24)
    eventCount = Int(bytes.number(at: offset + 32, as: UInt32.self))
    checksum = bytes.number(at: offset + 36)
    let (_, overflows) = firstSequence.addingReportingOverflow(UInt64(eventCount))
    guard recordLength <= Self.longest, eventCount > 0, !overflows else { return nil }
  }
}
