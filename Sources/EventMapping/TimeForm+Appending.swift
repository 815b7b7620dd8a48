internal import EventJSON

extension TimeForm {
  /// Appends what `value` appends, as a number where it is a text that is a time.
  func append(to out: inout [UInt8], _ value: (inout [UInt8]) -> ValueKind) -> ValueKind {
    let start = out.count
    let kind = value(&out)
    let time: Int64? =
      if kind == .string {
        unsafe EventTime.microseconds(out.span.bytes.extracting((start + 1)..<(out.count - 1)))
      } else {
        nil
      }
    guard let time else { return kind }
    out.removeSubrange(start...)
    out += Array("\(time.quotientAndRemainder(floor: microseconds).quotient)".utf8)
    return .number
  }

  /// How many of them one is.
  private var microseconds: Int64 {
    switch self {
    case .seconds: 1_000_000
    case .milliseconds: 1_000
    case .microseconds: 1
    }
  }
}
