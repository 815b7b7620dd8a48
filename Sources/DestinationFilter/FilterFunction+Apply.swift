extension FilterFunction {
  /// `contains` and `match`: false for anything but two strings.
  func holds(_ a: FilterValue, _ b: FilterValue, _ event: RawSpan) -> Bool {
    guard case .string(let text) = a, case .string(let part) = b else { return false }
    guard self == .match else { return text.contains(part, event) }
    guard let glob = Glob(part.bytes(event)) else { return false }
    return unsafe text.read(event) { unsafe glob.matches($0) }
  }

  /// The functions of one value; null for what they cannot take.
  func apply(to value: FilterValue, _ event: RawSpan) -> FilterValue {
    switch self {
    case .length: .number(.integer(Int64(length(of: value, event))))
    case .typeof: .string(.bytes(Array(value.typeName.utf8)))
    case .bool: bool(value, event)
    case .string: string(value)
    case .number: number(value, event)
    default: changed(value, event)
    }
  }

  /// Elements of a list, bytes of a string, else 0.
  private func length(of value: FilterValue, _ event: RawSpan) -> Int {
    switch value {
    case .string(let text): text.count(event)
    case .list(.values(let values)): values.count
    case .list(let list): list.values(event).count
    default: 0
    }
  }

  // MARK: - Spelling

  private func changed(_ value: FilterValue, _ event: RawSpan) -> FilterValue {
    guard case .string(let text) = value else { return .null }
    let bytes = text.bytes(event)
    switch self {
    case .snakecase: return .string(.bytes(bytes.map { $0 == 0x20 ? UInt8(ascii: "_") : $0 }))
    case .kebabcase: return .string(.bytes(bytes.map { $0 == 0x20 ? UInt8(ascii: "-") : $0 }))
    default:
      let string = String(decoding: bytes, as: UTF8.self)
      let changed =
        self == .lowercase
        ? string.lowercased() : self == .uppercase ? string.uppercased() : titlecase(string)
      return .string(.bytes(Array(changed.utf8)))
    }
  }

  /// The first character of each word in upper case; a word ends at white space, and the rest of it stays as it is.
  private func titlecase(_ text: String) -> String {
    var isFirst = true
    return text.unicodeScalars.reduce(into: "") { result, scalar in
      result += isFirst ? scalar.properties.titlecaseMapping : String(scalar)
      isFirst = scalar.properties.isWhitespace
    }
  }

  // MARK: - Conversions

  /// A number unless it is 0; the strings `true` and `false`; else null.
  private func bool(_ value: FilterValue, _ event: RawSpan) -> FilterValue {
    switch value {
    case .bool: return value
    case .number(let number): return .bool(!number.isZero)
    case .string(let text):
      let bytes = text.bytes(event)
      if bytes.elementsEqual("true".utf8) { return .bool(true) }
      return bytes.elementsEqual("false".utf8) ? .bool(false) : .null
    default: return .null
    }
  }

  private func string(_ value: FilterValue) -> FilterValue {
    switch value {
    case .string: value
    case .bool(let flag): .string(.bytes(Array((flag ? "true" : "false").utf8)))
    case .number(let number): number.text.map { .string(.bytes(Array($0.utf8))) } ?? .null
    default: .null
    }
  }

  /// A string that is written as JSON writes a number; 1 for true and 0 for false; else null.
  private func number(_ value: FilterValue, _ event: RawSpan) -> FilterValue {
    switch value {
    case .number: value
    case .bool(let flag): .number(.integer(flag ? 1 : 0))
    case .string(let text): FilterNumber(text.bytes(event)).map { .number($0) } ?? .null
    default: .null
    }
  }
}

extension FilterValue {
  /// What `typeof` says; `object` is the one word that the language's reference does not list.
  var typeName: String {
    switch self {
    case .null: "null"
    case .bool: "bool"
    case .number: "number"
    case .string: "string"
    case .list: "list"
    case .object: "object"
    }
  }
}
