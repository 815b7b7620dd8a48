internal import Glibc

/// A descriptor that closes itself.
struct OwnedDescriptor: ~Copyable {
  let number: Int32

  init(_ number: Int32) { self.number = number }

  deinit { close(number) }

  /// A copy with a number above those that a worker's descriptors get, so that setting one up overwrites no other.
  func copyAboveWorkers() throws(LoadError) -> OwnedDescriptor {
    try OwnedDescriptor.copyAboveWorkers(number)
  }

  static func copyAboveWorkers(_ number: Int32) throws(LoadError) -> OwnedDescriptor {
    let copy = fcntl(number, F_DUPFD_CLOEXEC, 64)
    guard copy >= 0 else { throw .system(call: "fcntl(F_DUPFD_CLOEXEC)", code: errno) }
    return OwnedDescriptor(copy)
  }

  /// Two connected ends, close-on-exec.
  static func pair(
    _ kind: __socket_type
  ) throws(LoadError) -> ConnectedPair {
    var ends: [Int32] = [-1, -1]
    let type = Int32(kind.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else {
      throw .system(call: "socketpair", code: errno)
    }
    return ConnectedPair(host: OwnedDescriptor(ends[0]), worker: OwnedDescriptor(ends[1]))
  }
}

/// The two ends of a connection.
struct ConnectedPair: ~Copyable {
  let host: OwnedDescriptor
  let worker: OwnedDescriptor
}
