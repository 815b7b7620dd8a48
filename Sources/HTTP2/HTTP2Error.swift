/// Why HTTP/2 cannot be spoken, or not any longer; never a byte of a message.
package enum HTTP2Error: Error, Equatable, Sendable {
  /// `libnghttp2.so.14` is not there, or not loadable; the linker's words.
  case noLibrary(String)
  /// The library lacks a function, or is older than what the host was written for.
  case unsuitableLibrary(String)
  /// The library has no memory left.
  case notStarted
  /// The other side breaks the rules, or a limit: nothing more can be made of the connection.
  case broken(String)
}

extension HTTP2Error: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noLibrary(let reason):
      "HTTP/2 is not offered: libnghttp2.so.14 cannot be loaded: \(reason). "
        + "HTTP/1.1 is used; to have both, install it: apt-get install libnghttp2-14"
    case .unsuitableLibrary(let reason):
      "HTTP/2 is not offered: libnghttp2.so.14 does not fit: \(reason). "
        + "HTTP/1.1 is used; to have both, install version 1.41 or later: apt-get install libnghttp2-14"
    case .notStarted: "HTTP/2 cannot be begun: there is no memory left"
    case .broken(let reason): "the server does not keep to HTTP/2: \(reason)"
    }
  }
}
