/// Why a message is refused; both sides close the connection then, since nobody knows where the next one would begin.
///
/// Never holds a byte of the message.
package enum WireError: Error, Equatable, Sendable {
  case startLineMalformed
  case startLineTooLong
  case versionUnsupported
  case lineTooLong
  case tooManyFields
  case headTooLong
  case bareLineFeed
  case bareCarriageReturn
  case fieldNameMalformed
  case fieldValueMalformed
  case fieldFolded
  case hostMissing
  case hostRepeated
  case contentLengthMalformed
  case contentLengthRepeated
  case bothLengths
  case transferEncodingUnsupported
  case statusUnexpected
  case chunkMalformed
  case bodyTooLong
  case truncated
  /// What was to be written would not be one message.
  case notWritable(String)
}

extension WireError {
  /// The status with which a server refuses such a request (RFC 9110, section 15; RFC 6585).
  package var status: Int {
    switch self {
    case .startLineTooLong: 414
    case .lineTooLong, .tooManyFields, .headTooLong: 431
    case .versionUnsupported: 505
    case .transferEncodingUnsupported: 501
    case .bodyTooLong: 413
    default: 400
    }
  }
}

extension WireError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .startLineMalformed: "the first line of the message is malformed"
    case .startLineTooLong: "the first line of the message is too long"
    case .versionUnsupported: "the message is of another version than HTTP/1.0 and HTTP/1.1"
    case .lineTooLong: "a header line is too long"
    case .tooManyFields: "there are too many header fields"
    case .headTooLong: "the header is too long"
    case .bareLineFeed: "a line ends without a carriage return"
    case .bareCarriageReturn: "a carriage return stands within a line"
    case .fieldNameMalformed: "a header field's name is malformed"
    case .fieldValueMalformed: "a header field's value holds a control character"
    case .fieldFolded: "a header field goes on in the next line"
    case .hostMissing: "there is no Host field"
    case .hostRepeated: "there are several Host fields"
    case .contentLengthMalformed: "Content-Length is not a number"
    case .contentLengthRepeated: "there are several Content-Length fields"
    default: bodyDescription
    }
  }

  private var bodyDescription: String {
    switch self {
    case .bothLengths: "there are both Content-Length and Transfer-Encoding"
    case .transferEncodingUnsupported: "Transfer-Encoding is not just chunked"
    case .statusUnexpected: "a status comes that was not asked for"
    case .chunkMalformed: "a chunk of the body is malformed"
    case .bodyTooLong: "the body is too long"
    case .truncated: "the connection ended within the message"
    case .notWritable(let what): "the message cannot be written: \(what)"
    default: ""
    }
  }
}
