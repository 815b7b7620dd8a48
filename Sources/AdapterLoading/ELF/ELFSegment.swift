/// One entry of the program header table (System V ABI, "Program Header").
struct ELFSegment: Sendable, Equatable {
  enum Kind: Equatable {
    case load, dynamic, note, stack
    case other(UInt32)
  }

  let kind: Kind
  let isReadable: Bool
  let isWritable: Bool
  let isExecutable: Bool
  let offset: UInt64
  let address: UInt64
  let fileSize: UInt64
  let memorySize: UInt64

  static let entrySize: UInt64 = 56

  /// The entry at `place`; nil when it is not wholly in the file.
  init?(_ file: RawSpan, at place: UInt64) {
    guard let type = file.number(at: place, as: UInt32.self),
      let flags = file.number(at: place + 4, as: UInt32.self),
      let offset = file.number(at: place + 8, as: UInt64.self),
      let address = file.number(at: place + 16, as: UInt64.self),
      let fileSize = file.number(at: place + 32, as: UInt64.self),
      let memorySize = file.number(at: place + 40, as: UInt64.self)
    else { return nil }
    kind = Kind(type)
    isExecutable = flags & 1 != 0
    isWritable = flags & 2 != 0
    isReadable = flags & 4 != 0
    self.offset = offset
    self.address = address
    self.fileSize = fileSize
    self.memorySize = memorySize
  }

  /// Where the segment's bytes lie in the file; nil when they do not.
  func fileRange(in count: Int) -> Range<UInt64>? {
    let (end, overflow) = offset.addingReportingOverflow(fileSize)
    return overflow || end > UInt64(count) ? nil : offset..<end
  }

  /// The addresses that its bytes from the file take; nil when they run over the end of the address space.
  var addresses: Range<UInt64>? {
    let (end, overflow) = address.addingReportingOverflow(memorySize)
    return overflow || memorySize < fileSize ? nil : address..<end
  }
}

extension ELFSegment.Kind {
  init(_ type: UInt32) {
    switch type {
    case 1: self = .load
    case 2: self = .dynamic
    case 4: self = .note
    case 0x6474_E551: self = .stack
    default: self = .other(type)
    }
  }
}
