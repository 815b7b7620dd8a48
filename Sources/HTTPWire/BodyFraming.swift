/// Where a message's body ends (RFC 9112, section 6.3), decided once from its head.
///
/// Two readers of one connection that disagree here are how requests are smuggled, so every doubt is refused.
package enum BodyFraming: Sendable, Equatable {
  case none
  case length(Int)
  case chunked
  /// An answer without a length: as long as the connection.
  case untilClose
}

extension MessageHead where Start == RequestLine {
  package func framing() throws(WireError) -> BodyFraming {
    try fields.framing(start.version) ?? .none
  }
}

extension MessageHead where Start == StatusLine {
  /// `method` is that of the request that it answers.
  package func framing(answering method: String) throws(WireError) -> BodyFraming {
    let declared = try fields.framing(start.version)
    let isBare = start.status < 200 || start.status == 204 || start.status == 304
    return method == "HEAD" || isBare ? .none : declared ?? .untilClose
  }
}

extension HTTPFields {
  fileprivate func framing(_ version: HTTPVersion) throws(WireError) -> BodyFraming? {
    let lengths = all("content-length")
    let encodings = all("transfer-encoding")
    guard !encodings.isEmpty else {
      guard lengths.count <= 1 else { throw .contentLengthRepeated }
      return try lengths.first.map { (text) throws(WireError) in
        .length(try HTTPFields.length(text))
      }
    }
    guard lengths.isEmpty else { throw .bothLengths }
    guard version == .http11, encodings.count == 1,
      HTTPFields.isSame(encodings[0], "chunked")
    else { throw .transferEncodingUnsupported }
    return .chunked
  }

  /// Digits only: no sign, no space, no list.
  private static func length(_ text: String) throws(WireError) -> Int {
    guard !text.isEmpty, text.utf8.count <= 18, text.utf8.allSatisfy(ByteClass.isDigit),
      let number = Int(text)
    else { throw .contentLengthMalformed }
    return number
  }
}
