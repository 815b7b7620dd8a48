internal import Cryptography

/// The first 64 bytes of a segment.
///
/// ```
///  0  "SPQS"   4  version (2)   6  written over (2)   8  salt (32)   40  number of its first event (8)
/// 48  made, milliseconds since 1970 (8)   56  0 (4)   60  CRC-32C of the 60 bytes (4)
/// ```
struct SegmentHeader: Equatable, Sendable {
  static let length = 64
  static let version: UInt16 = 1
  private static let magic = Array("SPQS".utf8)
  private static let saltLength = 32

  let salt: [UInt8]
  let firstSequence: UInt64
  let madeUnixMilliseconds: Int64
  /// Whether the file was an older segment's: what stands behind its records may be that one's, see ``SegmentEnd``.
  let isWrittenOver: Bool
  /// As in the file: authenticated with each record, so that no record can be moved to another segment.
  let bytes: [UInt8]

  init(firstSequence: UInt64, madeUnixMilliseconds: Int64, isWrittenOver: Bool) {
    salt = SecureRandom.bytes(Self.saltLength)
    self.firstSequence = firstSequence
    self.madeUnixMilliseconds = madeUnixMilliseconds
    self.isWrittenOver = isWrittenOver
    var bytes = Self.magic
    bytes.append(number: Self.version)
    bytes.append(number: UInt16(isWrittenOver ? 1 : 0))
    bytes += salt
    bytes.append(number: firstSequence)
    bytes.append(number: madeUnixMilliseconds)
    bytes.append(number: UInt32(0))
    bytes.append(number: CRC32C.checksum(bytes, bytes.indices))
    self.bytes = bytes
  }

  /// Nil when it is none, or of a version that this program does not know.
  init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.length, bytes.starts(with: Self.magic),
      bytes.number(at: 4, as: UInt16.self) == Self.version,
      bytes.number(at: 6, as: UInt16.self) <= 1,
      bytes.number(at: 60, as: UInt32.self) == CRC32C.checksum(bytes, 0..<60)
    else { return nil }
    isWrittenOver = bytes.number(at: 6, as: UInt16.self) == 1
    salt = Array(bytes[8..<40])
    firstSequence = bytes.number(at: 40)
    madeUnixMilliseconds = bytes.number(at: 48)
    self.bytes = bytes
  }
}
