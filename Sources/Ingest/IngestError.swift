internal import Glibc

/// Why an input cannot be read: the file or `standard input`, the reason, the mend.
package enum IngestError: Error, Equatable, Sendable {
  case readFailed(code: Int32)
}

extension IngestError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .readFailed(let code):
      "the input cannot be read: \(unsafe String(cString: strerror(code))). "
        + "Give a file or a pipe that this user may read."
    }
  }
}
