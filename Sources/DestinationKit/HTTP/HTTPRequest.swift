/// One header field of a request or an answer.
public struct HTTPHeader: Sendable, Equatable {
  /// In lower case in an answer.
  public let name: String

  /// Without a line break.
  public let value: String

  /// A field; the host refuses a request whose field cannot be written.
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }

  /// No field, but text that the host puts before the body; in it `{{json:NAME}}` becomes the secret as a JSON string.
  public static func bodyStart(_ text: String) -> HTTPHeader { HTTPHeader(":body-start", text) }
}

/// A request that the host sends for the adapter.
///
/// A value of a header may hold marks that the host fills in, so that the adapter never has the secret; `adapter.json`
/// names it in `permissions.http_secrets`:
///
/// - `{{secret:NAME}}`: the secret; also in the URL, behind the host.
/// - `{{hmac-sha256:NAME:hex:TEXT}}`: HMAC-SHA256 under the secret over TEXT and then the body; `base64` likewise.
/// - `{{basic:USER:PASSWORD}}`: base64 of two secrets with a colon between; either name may be empty.
/// - `{{gzip}}`, as the value of Content-Encoding: the host compresses the body, where it can.
/// - `{{sha256}}`: SHA-256 of the body in hexadecimal digits.
/// - `{{aws-sigv4:ACCESS:SECRET:REGION:SERVICE}}`: what AWS wants in Authorization, over the whole request.
///
/// For a service that wants its key in the body, see ``HTTPHeader/bodyStart(_:)``.
public struct HTTPRequest: Sendable, Equatable {
  /// Such as `POST`.
  public var method: String

  /// Absolute; its host is one that `adapter.json` names.
  public var url: String

  /// Without Host, Content-Length and others that frame the message: the host writes those.
  public var headers: [HTTPHeader]

  /// How long the exchange may take; nil = until the deadline of the call.
  public var timeout: Duration?

  /// A request.
  public init(
    _ method: String = "POST", url: String, headers: [HTTPHeader] = [], timeout: Duration? = nil
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.timeout = timeout
  }
}
