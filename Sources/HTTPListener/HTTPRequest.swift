package import HTTPWire

/// A request that has come whole.
package struct HTTPRequest: Sendable {
  package let head: RequestHead
  package let body: [UInt8]
  package let peer: Peer

  package var method: String { head.start.method }

  /// The target without its query.
  package var path: Substring { Self.path(of: head) }

  package static func path(of head: RequestHead) -> Substring {
    head.start.target.prefix { $0 != "?" }
  }
}

/// What a request is answered with; what frames the message is the listener's to write.
package struct HTTPAnswer: Sendable {
  package var status: Int
  package var fields: [HTTPField]
  package var body: [UInt8]
  /// Whether the connection ends with this answer.
  package var closes = false

  package init(_ status: Int, _ fields: [HTTPField] = [], body: [UInt8] = []) {
    self.status = status
    self.fields = fields
    self.body = body
  }

  /// A line of plain text.
  package static func text(_ status: Int, _ text: String) -> HTTPAnswer {
    HTTPAnswer(
      status, [HTTPField("Content-Type", "text/plain; charset=utf-8")],
      body: Array("\(text)\n".utf8))
  }
}
