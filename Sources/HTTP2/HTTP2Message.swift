package import HTTPWire

/// A request as HTTP/2 carries it: the pseudo-fields first, every name in lower case (RFC 9113, section 8.3).
package struct HTTP2Request: Sendable {
  /// One field of the head.
  package struct Field: Sendable, Equatable {
    let name: [UInt8]
    let value: [UInt8]
    /// Never put into a compression table, here or by whoever passes it on (RFC 7541, section 7.1.3).
    let isSecret: Bool

    package init(_ name: String, _ value: String, isSecret: Bool = false) {
      self.name = Array(name.lowercased().utf8)
      self.value = Array(value.utf8)
      self.isSecret = isSecret
    }
  }

  let fields: [Field]
  let body: ArraySlice<UInt8>

  /// Of the fields that no compression table keeps.
  package var secretNames: [String] {
    fields.filter(\.isSecret).map { String(decoding: $0.name, as: UTF8.self) }
  }

  package init(
    method: String, scheme: String, authority: String, path: String, fields: [Field],
    body: ArraySlice<UInt8>
  ) {
    self.fields =
      [
        Field(":method", method), Field(":scheme", scheme), Field(":authority", authority),
        Field(":path", path),
      ] + fields
    self.body = body
  }
}

/// A whole answer.
package struct HTTP2Answer: Sendable, Equatable {
  package let status: Int
  package let fields: [HTTPField]
  package let body: [UInt8]
}

/// Why a request came to no answer, while the connection may well go on.
package enum HTTP2Failure: Error, Sendable, Equatable {
  /// The server has done nothing with it, and says so (RFC 9113, section 8.7): it may be sent again.
  case refused
  /// The server wants HTTP/1.1 for it, and has done nothing (RFC 9113, section 7).
  case needsHTTP11
  /// The server broke it off, with this code; whether an answer had begun.
  case reset(code: UInt32, answerBegan: Bool)
  case malformed(WireError)
}

extension HTTP2Failure: CustomStringConvertible {
  package var description: String {
    switch self {
    case .refused: "the server refused the stream"
    case .needsHTTP11: "the server wants HTTP/1.1"
    case .reset(let code, _): "the server broke the stream off (\(HTTP2Failure.name(of: code)))"
    case .malformed(let error): "the answer: \(error)"
    }
  }

  /// As RFC 9113, section 7, has it.
  static func name(of code: UInt32) -> String {
    let names = [
      "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT",
      "STREAM_CLOSED", "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR",
      "CONNECT_ERROR", "ENHANCE_YOUR_CALM", "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED",
    ]
    return code < names.count ? names[Int(code)] : "error \(code)"
  }
}
