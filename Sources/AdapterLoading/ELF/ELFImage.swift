internal import Glibc

/// The parts of a shared library that decide whether it may be loaded, read as the dynamic loader will read them.
///
/// The dynamic section is found by its address, as the loader finds it, not by its place in the file; segments that
/// overlap or do not ascend are refused, so that an address means one byte of the file and no other.
struct ELFImage: Sendable {
  let machine: UInt16
  let segments: [ELFSegment]
  /// Tag and value of each entry before the terminating one.
  let dynamic: [(tag: UInt64, value: UInt64)]
  /// Offset and end of the string table in the file.
  let strings: Range<UInt64>

  static let mostSegments = 128
  static let mostDynamicEntries = 4096

  init(_ file: RawSpan) throws(ELFRefusal) {
    machine = try ELFHeader(file).machine
    segments = try ELFImage.segments(file)
    try ELFImage.checkLoads(segments, file.byteCount)
    dynamic = try ELFImage.dynamic(file, segments)
    strings = try ELFImage.strings(dynamic, segments)
  }

  /// The values of a tag, in their order.
  func values(_ tag: ELFTag) -> [UInt64] { dynamic.filter { $0.tag == tag.rawValue }.map(\.value) }

  /// The names that entries of a tag give.
  func names(_ tag: ELFTag, in file: RawSpan) throws(ELFRefusal) -> [String] {
    var names: [String] = []
    for value in values(tag) {
      let (offset, overflow) = strings.lowerBound.addingReportingOverflow(value)
      guard !overflow, let name = file.string(at: offset, before: strings.upperBound) else {
        throw .damaged("a name of its dynamic section (\(tag)) lies outside the string table")
      }
      names.append(name)
    }
    return names
  }
}

/// Tags of the dynamic section that matter here (System V ABI, "Dynamic Section"; glibc's `elf.h`).
enum ELFTag: UInt64 {
  case needed = 1
  case stringTable = 5
  case stringSize = 10
  case rpath = 15
  case textRelocations = 22
  case runpath = 29
  case flags = 30
  case depAudit = 0x6FFF_FEFB
  case audit = 0x6FFF_FEFC
  case flags1 = 0x6FFF_FFFB
  case auxiliary = 0x7FFF_FFFD
  case filter = 0x7FFF_FFFF
}

// MARK: - Segments

extension ELFImage {
  private static func segments(_ file: RawSpan) throws(ELFRefusal) -> [ELFSegment] {
    let table = try ELFHeader(file)
    guard (1...mostSegments).contains(Int(table.segmentCount)) else {
      throw .damaged("its program header table has \(table.segmentCount) entries")
    }
    var segments: [ELFSegment] = []
    for index in 0..<UInt64(table.segmentCount) {
      let (place, overflow) = table.segmentOffset.addingReportingOverflow(
        index * ELFSegment.entrySize)
      guard !overflow, let segment = ELFSegment(file, at: place) else {
        throw .truncated("program header table")
      }
      segments.append(segment)
    }
    return segments
  }

  private static func checkLoads(_ segments: [ELFSegment], _ count: Int) throws(ELFRefusal) {
    var end: UInt64 = 0
    // The loader maps whole pages: of a page that two segments share, the later one's bytes are what counts.
    let page = UInt64(getpagesize())
    for segment in segments where segment.kind == .load {
      guard segment.fileRange(in: count) != nil else { throw .truncated("loadable segment") }
      guard let addresses = segment.addresses else {
        throw .damaged("a loadable segment is larger in the file than in memory")
      }
      guard addresses.lowerBound / page * page >= end else {
        throw .damaged("its loadable segments overlap, share a page, or do not ascend")
      }
      let (rounded, overflow) = addresses.upperBound.addingReportingOverflow(page - 1)
      guard !overflow else { throw .damaged("a loadable segment ends beyond the address space") }
      end = rounded / page * page
    }
  }

  /// The place in the file of `length` bytes at `address`, wholly inside one loadable segment's bytes.
  static func place(
    of address: UInt64, length: UInt64, in segments: [ELFSegment]
  ) -> UInt64? {
    for segment in segments where segment.kind == .load && address >= segment.address {
      let distance = address - segment.address
      if distance <= segment.fileSize, length <= segment.fileSize - distance {
        return segment.offset + distance
      }
    }
    return nil
  }
}

// MARK: - The dynamic section

extension ELFImage {
  private static func dynamic(
    _ file: RawSpan, _ segments: [ELFSegment]
  ) throws(ELFRefusal) -> [(tag: UInt64, value: UInt64)] {
    let found = segments.filter { $0.kind == .dynamic }
    guard found.count == 1, let section = found.first else {
      throw .damaged("it has \(found.count) dynamic sections, a shared library has one")
    }
    guard let start = place(of: section.address, length: section.memorySize, in: segments) else {
      throw .damaged("its dynamic section lies outside the loadable segments")
    }
    return try entries(file, from: start, count: Int(clamping: section.memorySize / 16))
  }

  private static func entries(
    _ file: RawSpan, from start: UInt64, count: Int
  ) throws(ELFRefusal) -> [(tag: UInt64, value: UInt64)] {
    var entries: [(tag: UInt64, value: UInt64)] = []
    for index in 0..<min(count, mostDynamicEntries) {
      let place = start + UInt64(index) * 16
      guard let tag = file.number(at: place, as: UInt64.self),
        let value = file.number(at: place + 8, as: UInt64.self)
      else { throw .truncated("dynamic section") }
      if tag == 0 { return entries }
      entries.append((tag, value))
    }
    throw .damaged("its dynamic section has no end")
  }

  private static func strings(
    _ dynamic: [(tag: UInt64, value: UInt64)], _ segments: [ELFSegment]
  ) throws(ELFRefusal) -> Range<UInt64> {
    let tables = dynamic.filter { $0.tag == ELFTag.stringTable.rawValue }
    let sizes = dynamic.filter { $0.tag == ELFTag.stringSize.rawValue }
    guard tables.count == 1, sizes.count == 1,
      let start = place(of: tables[0].value, length: sizes[0].value, in: segments)
    else { throw .damaged("it has no string table, or not just one, inside its loadable segments") }
    return start..<start + sizes[0].value
  }
}
