/// Why a value could not be sealed: the event is then not sent, its plaintext never is.
package enum SealError: Error, Equatable {
  /// `oaep` only: the value has more bytes than the key takes.
  case valueTooLong(maximum: Int)
  /// The sealed string would have more characters than the destination takes.
  case stringTooLong(length: Int, maximum: Int)
  /// `oaep` only: a string with a lone surrogate is no UTF-8 text and would come back altered.
  case valueNotText
  /// There is no key in force to do it with.
  case noKey
  /// OpenSSL failed; nothing was appended.
  case failed
}

extension SealError: CustomStringConvertible {
  /// The stable name for dead letters and metrics.
  package var code: String {
    switch self {
    case .valueTooLong: "encryption_value_too_long"
    case .stringTooLong: "encryption_string_too_long"
    case .valueNotText: "encryption_value_not_text"
    case .noKey: "encryption_key_missing"
    case .failed: "encryption_failed"
    }
  }

  package var description: String {
    switch self {
    case .valueTooLong(let maximum):
      "value not encrypted: it is longer than the \(maximum) bytes that format `oaep` takes with "
        + "this key. Use format `auto` or `jwe`, or a longer key."
    case .stringTooLong(let length, let maximum):
      "value not encrypted: the result would have \(length) characters and the destination takes "
        + "\(maximum). Raise the destination's limit or do not select this field."
    case .valueNotText:
      "value not encrypted: it holds a lone surrogate, which format `oaep` cannot carry. "
        + "Use format `auto` or `jwe`."
    case .noKey:
      "value not encrypted: no key is in force. Turn the destination's encryption on, or answer the "
        + "challenge of the key that is pending. See: sealpost encryption show ID"
    case .failed:
      "value not encrypted: OpenSSL failed. See that OpenSSL 3 with its default provider is "
        + "installed."
    }
  }
}
