internal import CEpoll
internal import Glibc
internal import HTTPWire

/// A socket on which connections come in; never blocking, closed with this.
final class ListeningSocket: Sendable {
  private let descriptor: Descriptor
  /// With the port that the system chose, where it did.
  let address: ListenAddress

  var number: Int32 { descriptor.number }
  var isTCP: Bool { if case .tcp = address { true } else { false } }

  private static let kind =
    Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)

  init(_ address: ListenAddress) throws(ListenerError) {
    let family =
      switch address {
      case .unix: AF_UNIX
      case .tcp(let ip, _): ip.bytes.count == 4 ? AF_INET : AF_INET6
      }
    descriptor = Descriptor(socket(family, Self.kind, 0))
    guard descriptor.number >= 0 else { throw Self.failure(address, "socket") }
    switch address {
    case .unix(let path):
      try Self.bind(descriptor.number, path)
      self.address = address
    case .tcp(let ip, let port):
      let chosen = try Self.bind(descriptor.number, ip, port)
      self.address = .tcp(ip, port: chosen)
    }
    guard listen(descriptor.number, 4_096) == 0 else { throw Self.failure(address, "listen") }
  }

  /// All of them or none.
  static func all(_ addresses: [ListenAddress]) throws(ListenerError) -> [ListeningSocket] {
    var sockets: [ListeningSocket] = []
    do throws(ListenerError) {
      for address in addresses { sockets.append(try ListeningSocket(address)) }
    } catch {
      sockets.forEach { $0.close() }
      throw error
    }
    return sockets
  }

  /// Nobody can connect any more; the path of a Unix socket is taken away.
  func close() {
    shutdown(number, Int32(SHUT_RDWR))
    if case .unix(let path) = address { unsafe unlink(path) }
  }

  /// The next connection; nil, with `errno`, when there is none.
  func accept() -> (descriptor: Int32, peer: Peer)? {
    var storage = sockaddr_storage()
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let flags = Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    let accepted = unsafe withUnsafeMutablePointer(to: &storage) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe accept4(number, $0, &size, flags)
      }
    }
    guard accepted >= 0 else { return nil }
    guard isTCP else { return (accepted, .local) }
    Self.set(Int32(IPPROTO_TCP), TCP_NODELAY, 1, on: accepted)
    return (accepted, Peer(storage))
  }
}

// MARK: - Binding

extension ListeningSocket {
  private static func bind(
    _ descriptor: Int32, _ ip: IPAddress, _ port: UInt16
  ) throws(ListenerError) -> UInt16 {
    set(SOL_SOCKET, SO_REUSEADDR, 1, on: descriptor)
    let isBound: Bool
    if ip.bytes.count == 4 {
      var target = sockaddr_in()
      target.sin_family = sa_family_t(AF_INET)
      target.sin_port = port.bigEndian
      unsafe withUnsafeMutableBytes(of: &target.sin_addr) { unsafe $0.copyBytes(from: ip.bytes) }
      isBound = bind(descriptor, &target)
    } else {
      // `[::]` is for both versions, as everywhere else.
      set(Int32(IPPROTO_IPV6), IPV6_V6ONLY, 0, on: descriptor)
      var target = sockaddr_in6()
      target.sin6_family = sa_family_t(AF_INET6)
      target.sin6_port = port.bigEndian
      unsafe withUnsafeMutableBytes(of: &target.sin6_addr) { unsafe $0.copyBytes(from: ip.bytes) }
      isBound = bind(descriptor, &target)
    }
    guard isBound else { throw failure(.tcp(ip, port: port), "bind") }
    return boundPort(descriptor)
  }

  /// A socket that nobody listens on any more is left over from a process that was killed: it is replaced.
  private static func bind(_ descriptor: Int32, _ path: String) throws(ListenerError) {
    var target = sockaddr_un()
    target.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &target.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    var status = stat()
    if unsafe lstat(path, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFSOCK, !isAnswered(target) else {
        throw .pathTaken(path)
      }
      unsafe unlink(path)
    }
    guard bind(descriptor, &target) else { throw failure(.unix(path), "bind") }
    guard unsafe chmod(path, 0o660) == 0 else { throw failure(.unix(path), "chmod") }
  }

  private static func isAnswered(_ target: sockaddr_un) -> Bool {
    let probe = Descriptor(socket(AF_UNIX, kind, 0))
    var target = target
    let result = unsafe withUnsafePointer(to: &target) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(probe.number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    return result == 0 || errno != ECONNREFUSED
  }

  private static func bind<Address>(_ descriptor: Int32, _ target: inout Address) -> Bool {
    unsafe withUnsafePointer(to: &target) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<Address>.size)) == 0
      }
    }
  }

  /// The port stands at the same place for both versions.
  private static func boundPort(_ descriptor: Int32) -> UInt16 {
    var bound = sockaddr_in6()
    var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
    _ = unsafe withUnsafeMutablePointer(to: &bound) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe getsockname(descriptor, $0, &size)
      }
    }
    return UInt16(bigEndian: bound.sin6_port)
  }

  private static func set(_ level: Int32, _ name: Int32, _ value: Int32, on descriptor: Int32) {
    var value = value
    unsafe setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
  }

  private static func failure(_ address: ListenAddress, _ call: String) -> ListenerError {
    .cannotListen(address, call: call, code: errno)
  }
}
