/// A request as an adapter wants it sent: from the worker, so nothing of it is sure but that it can be read.
package struct HTTPCall: Sendable, Equatable {
  package struct Header: Sendable, Equatable {
    package let name: String
    package let value: String

    package init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  package let method: String
  package let url: String
  package let headers: [Header]
  /// A part of the message's own bytes.
  package let body: ArraySlice<UInt8>
  /// How long the adapter wants to wait; nil for as long as its call may take.
  package let timeout: Duration?
}

/// What becomes of it.
package enum HTTPAnswer: Sendable, Equatable {
  /// An answer came, whatever its status says.
  case response(status: Int, headers: [HTTPCall.Header], body: [UInt8])
  case failure(Failure, String)

  package typealias Failure = ServiceFailure
}

// MARK: - The messages

extension HTTPCall {
  /// Method, URL, milliseconds, headers, and the body to the message's end.
  static func write(
    method: String, url: String, timeout: UInt32, headers: [Header], into writer: inout WireWriter
  ) {
    writer.number(timeout)
    writer.text(method)
    writer.text(url)
    writer.write(headers)
  }

  static let longestURL = 8 << 10
  static let mostHeaders = 64
  static let longestHeader = 8 << 10
  /// The body's own limit is the sender's of the request.
  static let longest = 80 << 20

  /// Nil when the message is not one.
  init?(_ message: [UInt8]) {
    var reader = WireReader(message)
    guard let timeout = reader.number(UInt32.self), let method = reader.text(longest: 32),
      let url = reader.text(longest: HTTPCall.longestURL),
      let headers = reader.headers(most: HTTPCall.mostHeaders, longest: HTTPCall.longestHeader)
    else { return nil }
    self.method = method
    self.url = url
    self.headers = headers
    body = message[reader.offset...]
    self.timeout = timeout == 0 ? nil : .milliseconds(Int64(timeout))
  }
}

extension HTTPAnswer {
  private static let response: UInt32 = 0
  private static let mostHeaders = 256
  private static let longestHeader = 64 << 10

  func write(to writer: inout WireWriter) {
    switch self {
    case .response(let status, let headers, let body):
      writer.number(HTTPAnswer.response)
      writer.number(UInt32(status))
      writer.write(headers)
      writer.data(body)
    case .failure(let failure, let text):
      writer.number(failure.rawValue)
      writer.text(text)
    }
  }

  /// Nil when the message is not one.
  init?(_ message: [UInt8]) {
    var reader = WireReader(message)
    guard let kind = reader.number(UInt32.self) else { return nil }
    if kind == HTTPAnswer.response {
      guard let status = reader.number(UInt32.self),
        let headers = reader.headers(
          most: HTTPAnswer.mostHeaders, longest: HTTPAnswer.longestHeader),
        let body = reader.data(longest: FrameHeader.longest)
      else { return nil }
      self = .response(status: Int(status), headers: headers, body: body)
    } else {
      guard let failure = Failure(rawValue: kind), let text = reader.text(longest: 4096) else {
        return nil
      }
      self = .failure(failure, text)
    }
    guard reader.isAtEnd else { return nil }
  }
}

extension WireWriter {
  fileprivate mutating func write(_ headers: [HTTPCall.Header]) {
    number(UInt32(headers.count))
    for header in headers {
      text(header.name)
      text(header.value)
    }
  }
}

extension WireReader {
  fileprivate mutating func headers(most: Int, longest: Int) -> [HTTPCall.Header]? {
    guard let count = number(UInt32.self), count <= most else { return nil }
    var headers: [HTTPCall.Header] = []
    for _ in 0..<count {
      guard let name = text(longest: longest), let value = text(longest: longest) else {
        return nil
      }
      headers.append(HTTPCall.Header(name: name, value: value))
    }
    return headers
  }
}
