/// The first line of a message and its header fields.
package struct MessageHead<Start: StartLine>: Sendable, Equatable {
  package var start: Start
  package var fields: HTTPFields

  package init(_ start: Start, _ fields: HTTPFields) {
    self.start = start
    self.fields = fields
  }

  /// Whether the sender is ready for another message on the connection (RFC 9112, section 9.3).
  package var persists: Bool {
    let words = fields.words("connection")
    if words.contains("close") { return false }
    return start.version == .http11 || words.contains("keep-alive")
  }
}

package typealias RequestHead = MessageHead<RequestLine>
package typealias ResponseHead = MessageHead<StatusLine>

/// Versions that this module reads and writes.
package enum HTTPVersion: String, Sendable {
  case http10 = "HTTP/1.0"
  case http11 = "HTTP/1.1"
}

/// What the first line of a message is: of a request or of an answer.
package protocol StartLine: Sendable, Equatable {
  var version: HTTPVersion { get }
  /// Whether an empty line before it is passed over (RFC 9112, section 2.2).
  static var mayFollowEmptyLine: Bool { get }
  /// Reads the line, given without its end.
  init(_ line: Span<UInt8>) throws(WireError)
  /// What the head as a whole must have.
  static func check(_ fields: HTTPFields, _ start: Self) throws(WireError)
  /// The line, without its end.
  func written() throws(WireError) -> String
}

// MARK: - A request's

package struct RequestLine: StartLine {
  package let method: String
  /// As it was written: a path and query, or for a proxy a whole URL.
  package let target: String
  package let version: HTTPVersion

  package init(method: String, target: String, version: HTTPVersion = .http11) {
    self.method = method
    self.target = target
    self.version = version
  }

  package static var mayFollowEmptyLine: Bool { true }

  /// Method, target and version with one space between each two (RFC 9112, section 3).
  package init(_ line: Span<UInt8>) throws(WireError) {
    guard let first = line.firstIndex(of: ByteClass.space, in: 0..<line.count), first > 0,
      let second = line.firstIndex(of: ByteClass.space, in: first + 1..<line.count),
      second > first + 1,
      line.all(0..<first, ByteClass.isToken),
      line.all(first + 1..<second, ByteClass.isTarget)
    else { throw .startLineMalformed }
    version = try HTTPVersion(line.extracting(second + 1..<line.count))
    method = line.extracting(0..<first).text
    target = line.extracting(first + 1..<second).text
  }

  package static func check(_ fields: HTTPFields, _ start: Self) throws(WireError) {
    let hosts = fields.all("host").count
    guard hosts <= 1 else { throw .hostRepeated }
    guard hosts == 1 || start.version == .http10 else { throw .hostMissing }
  }

  package func written() throws(WireError) -> String {
    guard !method.isEmpty, method.utf8.allSatisfy(ByteClass.isToken) else {
      throw .notWritable("its method is not a token")
    }
    guard !target.isEmpty, target.utf8.allSatisfy(ByteClass.isTarget) else {
      throw .notWritable("its target holds a character that no URL may hold")
    }
    return "\(method) \(target) \(version.rawValue)"
  }
}

// MARK: - An answer's

package struct StatusLine: StartLine {
  /// 100 to 599.
  package let status: Int
  package let version: HTTPVersion

  package init(_ status: Int, version: HTTPVersion = .http11) {
    self.status = status
    self.version = version
  }

  package static var mayFollowEmptyLine: Bool { false }

  /// Version, three digits, and a reason that is checked and passed over; also without the space before no reason.
  package init(_ line: Span<UInt8>) throws(WireError) {
    guard line.count >= 8 else { throw .startLineMalformed }
    version = try HTTPVersion(line.extracting(0..<8))
    guard line.count >= 12, line[8] == ByteClass.space, line.all(9..<12, ByteClass.isDigit),
      line.count == 12 || line[12] == ByteClass.space,
      line.all(12..<line.count, ByteClass.isFieldContent)
    else { throw .startLineMalformed }
    var number = 0
    for index in 9..<12 { number = number * 10 + Int(line[index] - UInt8(ascii: "0")) }
    guard (100...599).contains(number) else { throw .startLineMalformed }
    status = number
  }

  package static func check(_ fields: HTTPFields, _ start: Self) throws(WireError) {}

  package func written() throws(WireError) -> String {
    guard (100...599).contains(status) else { throw .notWritable("its status is not one") }
    // The reason is for nobody; the space before it has to be there.
    return "\(version.rawValue) \(status) "
  }
}

extension HTTPVersion {
  fileprivate init(_ bytes: Span<UInt8>) throws(WireError) {
    let text = bytes.text
    if let version = HTTPVersion(rawValue: text) {
      self = version
    } else if bytes.count == 8, text.hasPrefix("HTTP/"), ByteClass.isDigit(bytes[5]),
      bytes[6] == UInt8(ascii: "."), ByteClass.isDigit(bytes[7])
    {
      throw .versionUnsupported
    } else {
      throw .startLineMalformed
    }
  }
}
