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

/// What a server answered.
public struct HTTPResponse: Sendable, Equatable {
  /// 200 to 599.
  public let status: Int

  /// In the order they came; a name may come twice.
  public let headers: [HTTPHeader]

  /// At most 1 MiB.
  public let body: [UInt8]

  /// An answer, for tests.
  public init(status: Int, headers: [HTTPHeader] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// The first value of that header, given in lower case.
  public func header(_ name: String) -> String? {
    headers.first { $0.name == name }?.value
  }
}

/// Why no answer came.
public struct HTTPFailure: OutcomeError, Equatable {
  /// What kept it from coming.
  public enum Kind: Int32, Sendable {
    /// The request is malformed.
    case invalid = 2
    /// No connection, or it broke.
    case unavailable = 3
    /// The call was called off.
    case cancelled = 5
    /// Neither the request's time nor the call's was enough.
    case timedOut = 6
    /// The operator does not allow this URL.
    case refused = 8
    /// The answer is longer than 1 MiB.
    case tooLarge = 9
  }

  /// What kept it from coming.
  public let kind: Kind

  /// One sentence of the host's; never a URL or a value.
  public let text: String

  /// A failure, for tests.
  public init(_ kind: Kind, _ text: String) {
    self.kind = kind
    self.text = text
  }

  /// Retry, since the network may come back; of what the operator does not allow, he has to know.
  ///
  /// What nobody can reach holds for the whole destination.
  public var outcome: Outcome {
    kind == .refused
      ? .credentialsRefused(detail: text)
      : .retry(wholeDestination: kind == .unavailable, detail: text)
  }
}
