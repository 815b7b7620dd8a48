internal import HTTPWire
internal import Glibc

/// A connection of TCP, never blocking; closed with this.
struct Socket: ~Copyable {
  let descriptor: Int32

  /// Connects to this address and no other.
  init(
    to address: IPAddress, port: UInt16, _ patience: Patience
  ) throws(EgressFailure) {
    let family = address.bytes.count == 4 ? AF_INET : AF_INET6
    let kind =
      Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
      | Int32(SOCK_NONBLOCK.rawValue)
    descriptor = socket(family, kind, 0)
    guard descriptor >= 0 else { throw Socket.failure("socket", errno) }
    var yes: Int32 = 1
    unsafe setsockopt(
      descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    guard Socket.connect(descriptor, address, port) != 0 else { return }
    guard errno == EINPROGRESS else { throw Socket.failure("connect", errno) }
    try patience.wait(for: POLLOUT, on: descriptor)
    var code: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
    guard code == 0 else { throw Socket.failure("connect", code) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  static func failure(_ what: String, _ code: Int32) -> EgressFailure {
    EgressFailure(.unavailable, "\(what): \(unsafe String(cString: strerror(code)))")
  }

  private static func connect(_ descriptor: Int32, _ address: IPAddress, _ port: UInt16) -> Int32 {
    if address.bytes.count == 4 {
      var target = sockaddr_in()
      target.sin_family = sa_family_t(AF_INET)
      target.sin_port = port.bigEndian
      unsafe withUnsafeMutableBytes(of: &target.sin_addr) {
        unsafe $0.copyBytes(from: address.bytes)
      }
      return connect(descriptor, &target)
    }
    var target = sockaddr_in6()
    target.sin6_family = sa_family_t(AF_INET6)
    target.sin6_port = port.bigEndian
    unsafe withUnsafeMutableBytes(of: &target.sin6_addr) {
      unsafe $0.copyBytes(from: address.bytes)
    }
    return connect(descriptor, &target)
  }

  private static func connect<Address>(_ descriptor: Int32, _ target: inout Address) -> Int32 {
    unsafe withUnsafePointer(to: &target) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
      }
    }
  }
}
