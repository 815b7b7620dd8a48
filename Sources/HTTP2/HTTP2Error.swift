package import SystemLibrary

/// Why HTTP/2 cannot be spoken, or not any longer; never a byte of a message.
package enum HTTP2Error: Error, Equatable, Sendable {
  /// libnghttp2 is not there, or does not fit.
  case noLibrary(SystemLibraryError)
  /// The library has no memory left.
  case notStarted
  /// The other side breaks the rules, or a limit: nothing more can be made of the connection.
  case broken(String)
}

extension HTTP2Error: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noLibrary(let error): "HTTP/2 is not offered, HTTP/1.1 is used: \(error)"
    case .notStarted: "HTTP/2 cannot be begun: there is no memory left"
    case .broken(let reason): "the server does not keep to HTTP/2: \(reason)"
    }
  }
}
