package import HTTPWire

/// A request as an adapter wants it sent; nothing of it has been checked.
package struct EgressRequest: Sendable {
  package var method: String
  /// Absolute; may hold placeholders behind the host.
  package var url: String
  /// Values may hold placeholders; see ``Placeholder``.
  package var fields: [HTTPField]
  package var body: ArraySlice<UInt8>
  /// Placeholders name secrets of these names only.
  package init(
    method: String, url: String, fields: [HTTPField] = [], body: ArraySlice<UInt8> = []
  ) {
    self.method = method
    self.url = url
    self.fields = fields
    self.body = body
  }
}

/// What came back.
package struct EgressResponse: Sendable, Equatable {
  package let status: Int
  package let fields: [HTTPField]
  package let body: [UInt8]
}

/// Why none came back; the text never holds a URL, a header's value, a body, or a secret.
package struct EgressFailure: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Kind: Sendable, CaseIterable {
    /// The request is malformed: repeating does not help.
    case invalid
    /// It is not allowed; the operator may allow it.
    case refused
    /// No connection, or it broke.
    case unavailable
    case timedOut
    case cancelled
    /// The answer is longer than the limit, or more connections are wanted than there may be.
    case tooLarge
    /// There is no connection of that number.
    case notFound
  }

  package let kind: Kind
  package let description: String

  init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }
}
