internal import EventJSON
internal import Glibc

/// What an expression comes to.
enum FilterValue: Sendable {
  case null
  case bool(Bool)
  case number(FilterNumber)
  case string(FilterText)
  case list(FilterList)
  /// An object of the event: it equals nothing and holds nothing that a statement could ask for but by its path.
  case object
}

/// A string: bytes of UTF-8, left where they are when they stand in the event without an escape.
enum FilterText: Sendable {
  case event(Range<Int>)
  case bytes([UInt8])

  @inline(__always)
  func read<Result>(_ event: RawSpan, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    switch self {
    case .event(let range): unsafe event.extracting(range).withUnsafeBytes(body)
    case .bytes(let bytes): unsafe bytes.withUnsafeBytes(body)
    }
  }

  func bytes(_ event: RawSpan) -> [UInt8] {
    switch self {
    case .event: unsafe read(event) { unsafe Array($0) }
    case .bytes(let bytes): bytes
    }
  }

  @inline(__always)
  func count(_ event: RawSpan) -> Int {
    switch self {
    case .event(let range): range.count
    case .bytes(let bytes): bytes.count
    }
  }

  @inline(__always)
  static func equal(_ a: FilterText, _ b: FilterText, _ event: RawSpan) -> Bool {
    guard a.count(event) == b.count(event) else { return false }
    return unsafe a.read(event) { a in
      unsafe b.read(event) { b in
        unsafe a.isEmpty || memcmp(a.baseAddress!, b.baseAddress!, a.count) == 0
      }
    }
  }

  func contains(_ part: FilterText, _ event: RawSpan) -> Bool {
    unsafe read(event) { whole in
      unsafe part.read(event) { unsafe TextSearch.finds($0, in: whole) }
    }
  }
}

/// A list of the statement, or one of the event whose elements are read when they are asked for.
enum FilterList: Sendable {
  case values([FilterValue])
  case event(Range<Int>)

  func values(_ event: RawSpan) -> [FilterValue] {
    switch self {
    case .values(let values): return values
    case .event(let range):
      return JSONMembers.elements(of: event.extracting(range)).map { element in
        var element = element
        element.start += range.lowerBound
        element.end += range.lowerBound
        return FilterValue(element, event)
      }
    }
  }
}

extension FilterValue {
  /// What stands at a place of the event.
  @inline(__always)
  init(_ value: FieldValue, _ event: RawSpan) {
    switch value.kind {
    case .absent, .null: self = .null
    case .boolean:
      let first = unsafe event.unsafeLoad(fromByteOffset: value.start, as: UInt8.self)
      self = .bool(first == UInt8(ascii: "t"))
    case .number:
      let text = unsafe event.extracting(value.start..<value.end).withUnsafeBytes {
        unsafe Array($0)
      }
      self = FilterNumber(text).map { .number($0) } ?? .null
    case .string: self = .string(FilterText(value.content, event))
    case .array: self = .list(.event(value.start..<value.end))
    case .object: self = .object
    }
  }

  /// The same type and the same value; lists element by element; an object equals nothing.
  @inline(__always)
  static func equal(_ a: FilterValue, _ b: FilterValue, _ event: RawSpan) -> Bool {
    switch (a, b) {
    case (.string(let a), .string(let b)): FilterText.equal(a, b, event)
    case (.number(let a), .number(let b)): FilterNumber.order(a, b) == 0
    case (.bool(let a), .bool(let b)): a == b
    case (.null, .null): true
    case (.list(let a), .list(let b)): equal(a.values(event), b.values(event), event)
    default: false
    }
  }

  private static func equal(_ a: [FilterValue], _ b: [FilterValue], _ event: RawSpan) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { equal($0, $1, event) }
  }
}

extension FilterText {
  /// The content of a string of the event; with a lone surrogate, which no UTF-8 holds, as it is written.
  @inline(__always)
  init(_ content: Range<Int>, _ event: RawSpan) {
    let span = event.extracting(content)
    let hasEscape = unsafe span.withUnsafeBytes { bytes in
      unsafe !bytes.isEmpty && memchr(bytes.baseAddress!, 0x5C, bytes.count) != nil
    }
    var text: [UInt8] = []
    self =
      hasEscape && JSONString.unescape(span, appendingTo: &text) ? .bytes(text) : .event(content)
  }
}
