/// Reads the head of a message whose bytes come piece by piece; one for each message.
///
/// ```swift
/// var parser = HeadParser<RequestLine>(limits)
/// while try parser.parse(received.span) == nil { received += try read() }
/// ```
///
/// Linear in the bytes however they come, and never holds more than the limits allow. What is refused, and why:
/// `Sources/HTTPWire/Notes.md`.
package struct HeadParser<Start: StartLine>: Sendable {
  private let limits: WireLimits
  private var lines = LineReader()
  private var start: Start?
  private var fields = HTTPFields()
  private var passedEmptyLine = false

  package init(_ limits: WireLimits = WireLimits()) { self.limits = limits }

  /// The head, and how many bytes it has; nil while it is not whole.
  ///
  /// `input` is everything of the message so far: the same bytes as before, and more behind them. Nothing may be asked
  /// after an answer or an error.
  package mutating func parse(
    _ input: Span<UInt8>
  ) throws(WireError) -> (head: MessageHead<Start>, length: Int)? {
    while let line = try nextLine(in: input) {
      guard lines.position <= limits.head else { throw .headTooLong }
      if let start {
        if line.isEmpty {
          try Start.check(fields, start)
          return (MessageHead(start, fields), lines.position)
        }
        guard fields.list.count < limits.fields else { throw .tooManyFields }
        let field = try FieldLine.read(input.extracting(line))
        fields.add(field.name, field.value)
      } else if line.isEmpty, Start.mayFollowEmptyLine, !passedEmptyLine {
        passedEmptyLine = true
      } else {
        start = try Start(input.extracting(line))
      }
    }
    guard input.count <= limits.head || lines.position < limits.head else { throw .headTooLong }
    return nil
  }

  private mutating func nextLine(in input: Span<UInt8>) throws(WireError) -> Range<Int>? {
    start == nil
      ? try lines.next(in: input, limit: limits.startLine, tooLong: .startLineTooLong)
      : try lines.next(in: input, limit: limits.fieldLine, tooLong: .lineTooLong)
  }
}

package typealias RequestParser = HeadParser<RequestLine>
package typealias ResponseParser = HeadParser<StatusLine>
