internal import Glibc

/// Why nothing can be listened on: the address, the reason, the mend.
package enum ListenerError: Error, Equatable, Sendable {
  case cannotListen(ListenAddress, call: String, code: Int32)
  /// Somebody answers on the Unix socket, or the path is another kind of file.
  case pathTaken(String)
  case noLoop(code: Int32)
}

extension ListenerError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .cannotListen(let address, let call, let code):
      "listening refused, \(address): \(call): \(unsafe String(cString: strerror(code))). "
        + "\(ListenerError.mend(code))"
    case .pathTaken(let path):
      "listening refused, unix:\(path): the path is in use. Stop who listens there, or name another path."
    case .noLoop(let code):
      "listening refused: epoll: \(unsafe String(cString: strerror(code))). Raise the limit of open files."
    }
  }

  private static func mend(_ code: Int32) -> String {
    switch code {
    case EADDRINUSE: "Stop who listens there, or name another port."
    case EACCES: "Name a port above 1023, or a folder that this user may write in."
    case EADDRNOTAVAIL: "Name an address of this machine."
    default: "Name another address."
    }
  }
}
