/// Reads the body of a message whose bytes come piece by piece; one for each message.
package struct BodyDecoder: Sendable {
  private enum State: Equatable {
    case length(Int)
    case chunkLine
    case chunk(Int)
    case chunkEnd
    case trailer
    case untilClose
    case complete
  }

  private let limits: WireLimits
  private var state: State
  private var decoded = 0
  private var trailerFields = 0
  private var trailerLength = 0

  /// Throws `bodyTooLong` for a length beyond the limit, before any of it has come.
  package init(_ framing: BodyFraming, _ limits: WireLimits = WireLimits()) throws(WireError) {
    self.limits = limits
    switch framing {
    case .none: state = .complete
    case .length(let length):
      guard length <= limits.body else { throw .bodyTooLong }
      state = length == 0 ? .complete : .length(length)
    case .chunked: state = .chunkLine
    case .untilClose: state = .untilClose
    }
  }

  package var isComplete: Bool { state == .complete }

  /// Appends what of the body is in `input` to `body`; how many bytes of `input` it took.
  ///
  /// Give the rest again, with more behind it. What follows a complete body is not touched.
  package mutating func decode(
    _ input: Span<UInt8>, into body: inout [UInt8]
  ) throws(WireError) -> Int {
    var position = 0
    while position < input.count, state != .complete {
      let taken = try step(input.extracting(position..<input.count), into: &body)
      if taken == 0 { break }
      position += taken
    }
    return position
  }

  /// To be called when the connection has ended: `truncated` unless the body is whole.
  package mutating func end() throws(WireError) {
    guard state == .complete || state == .untilClose else { throw .truncated }
    state = .complete
  }

  private mutating func step(
    _ input: Span<UInt8>, into body: inout [UInt8]
  ) throws(WireError) -> Int {
    switch state {
    case .length(let left):
      let taken = try take(min(left, input.count), of: input, into: &body)
      state = taken == left ? .complete : .length(left - taken)
      return taken
    case .untilClose: return try take(input.count, of: input, into: &body)
    case .chunk(let left):
      let taken = try take(min(left, input.count), of: input, into: &body)
      state = taken == left ? .chunkEnd : .chunk(left - taken)
      return taken
    case .chunkEnd: return try chunkEnd(input)
    case .chunkLine: return try chunkLine(input)
    case .trailer: return try trailer(input)
    case .complete: return 0
    }
  }

  private mutating func take(
    _ count: Int, of input: Span<UInt8>, into body: inout [UInt8]
  ) throws(WireError) -> Int {
    guard decoded + count <= limits.body else { throw .bodyTooLong }
    decoded += count
    unsafe input.extracting(0..<count).withUnsafeBufferPointer {
      unsafe body.append(contentsOf: $0)
    }
    return count
  }
}

// MARK: - Chunks

extension BodyDecoder {
  private mutating func chunkEnd(_ input: Span<UInt8>) throws(WireError) -> Int {
    guard input[0] == ByteClass.carriageReturn else { throw .chunkMalformed }
    guard input.count > 1 else { return 0 }
    guard input[1] == ByteClass.lineFeed else { throw .chunkMalformed }
    state = .chunkLine
    return 2
  }

  /// A size in hexadecimal digits, perhaps extensions, which nobody needs (RFC 9112, section 7.1.1).
  private mutating func chunkLine(_ input: Span<UInt8>) throws(WireError) -> Int {
    var lines = LineReader()
    guard
      let line = try lines.next(in: input, limit: limits.chunkLine, tooLong: .chunkMalformed)
    else { return 0 }
    let end = input.firstIndex(of: UInt8(ascii: ";"), in: line) ?? line.upperBound
    guard end > 0, end <= 15, input.all(end..<line.upperBound, ByteClass.isFieldContent) else {
      throw .chunkMalformed
    }
    var size = 0
    for index in 0..<end {
      guard let digit = ByteClass.hexadecimalValue(input[index]) else { throw .chunkMalformed }
      size = size << 4 | digit
    }
    guard size <= limits.body - decoded else { throw .bodyTooLong }
    state = size == 0 ? .trailer : .chunk(size)
    return lines.position
  }

  /// Trailer fields are checked as header fields are, and dropped: nothing here depends on one.
  private mutating func trailer(_ input: Span<UInt8>) throws(WireError) -> Int {
    var lines = LineReader()
    guard let line = try lines.next(in: input, limit: limits.fieldLine, tooLong: .lineTooLong)
    else { return 0 }
    if line.isEmpty {
      state = .complete
      return lines.position
    }
    trailerFields += 1
    trailerLength += lines.position
    guard trailerFields <= limits.fields else { throw .tooManyFields }
    guard trailerLength <= limits.head else { throw .headTooLong }
    _ = try FieldLine.read(input.extracting(line))
    return lines.position
  }
}
