/// The file header (System V ABI, "ELF Header"), checked to be that of a 64-bit little-endian shared object.
struct ELFHeader: Sendable {
  let machine: UInt16
  let segmentOffset: UInt64
  let segmentCount: UInt16

  private static let magic: UInt32 = 0x464C_457F

  init(_ file: RawSpan) throws(ELFRefusal) {
    guard file.number(at: 0, as: UInt32.self) == ELFHeader.magic else { throw .notELF }
    guard file.byteCount >= 64 else { throw .truncated("file header") }
    try expect(UInt8.self, file, at: 4, "its class (EI_CLASS)", 2, "64-bit files (2)")
    try expect(UInt8.self, file, at: 5, "its byte order (EI_DATA)", 1, "little-endian files (1)")
    try expect(UInt8.self, file, at: 6, "its version (EI_VERSION)", 1, "version 1")
    try expect(UInt16.self, file, at: 16, "its type (e_type)", 3, "shared objects (3)")
    try expect(
      UInt16.self, file, at: 54, "the size of its program headers (e_phentsize)", 56, "56")
    machine = file.number(at: 18, as: UInt16.self) ?? 0
    segmentOffset = file.number(at: 32, as: UInt64.self) ?? 0
    segmentCount = file.number(at: 56, as: UInt16.self) ?? 0
  }
}

/// Throws unless the number at `offset` is `wanted`.
private func expect<Number: FixedWidthInteger & BitwiseCopyable>(
  _ type: Number.Type, _ file: RawSpan, at offset: UInt64, _ field: String, _ wanted: Number,
  _ meaning: String
) throws(ELFRefusal) {
  guard let found = file.number(at: offset, as: type) else { throw .truncated("file header") }
  guard found == wanted else {
    throw .unsupported(field: field, found: "\(found)", expected: meaning)
  }
}
