@testable import HTTPWire

/// A message read from bytes that come in pieces of `step`.
struct Reading: Equatable {
  var first = ""
  var fields: [HTTPField] = []
  var body: [UInt8] = []
  /// How many bytes the message took.
  var length = 0

  static func request(
    _ bytes: [UInt8], by step: Int = .max, _ limits: WireLimits = WireLimits()
  ) throws(WireError) -> Reading {
    let (head, length) = try head(RequestLine.self, bytes, step, limits)
    return try message(bytes, head, length, try head.framing(), step, limits)
  }

  static func answer(
    _ bytes: [UInt8], to method: String = "GET", by step: Int = .max,
    _ limits: WireLimits = WireLimits()
  ) throws(WireError) -> Reading {
    let (head, length) = try head(StatusLine.self, bytes, step, limits)
    return try message(bytes, head, length, try head.framing(answering: method), step, limits)
  }

  private static func head<Start: StartLine>(
    _ type: Start.Type, _ bytes: [UInt8], _ step: Int, _ limits: WireLimits
  ) throws(WireError) -> (MessageHead<Start>, Int) {
    var parser = HeadParser<Start>(limits)
    var end = 0
    while true {
      if let (head, length) = try parser.parse(bytes.span.extracting(0..<end)) {
        return (head, length)
      }
      guard end < bytes.count else { throw .truncated }
      end = step < bytes.count - end ? end + step : bytes.count
    }
  }

  private static func message<Start: StartLine>(
    _ bytes: [UInt8], _ head: MessageHead<Start>, _ start: Int, _ framing: BodyFraming,
    _ step: Int, _ limits: WireLimits
  ) throws(WireError) -> Reading {
    var reading = Reading(first: try head.start.written(), fields: head.fields.list)
    var decoder = try BodyDecoder(framing, limits)
    var (position, end) = (start, start)
    while !decoder.isComplete {
      position += try decoder.decode(
        bytes.span.extracting(position..<end), into: &reading.body)
      if decoder.isComplete { break }
      guard end < bytes.count else {
        try decoder.end()
        break
      }
      end = step < bytes.count - end ? end + step : bytes.count
    }
    reading.length = position
    return reading
  }
}

extension String {
  var bytes: [UInt8] { Array(utf8) }
}

extension HeadParser {
  /// The head of bytes that are all there.
  ///
  /// Apart from the tests, since a span within `#expect` is more than the compiler bears (Swift 6.3.1).
  static func head(of bytes: [UInt8]) throws(WireError) -> MessageHead<Start>? {
    var parser = HeadParser()
    return try parser.parse(bytes.span)?.head
  }
}

extension BodyDecoder {
  /// The body of bytes that are all there, and how many of them it took.
  static func body(
    of bytes: [UInt8], _ framing: BodyFraming
  ) throws(WireError) -> (body: [UInt8], length: Int, isComplete: Bool) {
    var decoder = try BodyDecoder(framing)
    var body: [UInt8] = []
    let length = try decoder.decode(bytes.span, into: &body)
    return (body, length, decoder.isComplete)
  }
}
