internal import HTTPWire
internal import Glibc
internal import Foundation
internal import Synchronization

/// Asks the system's resolver for a host's addresses, no longer than one wants to wait.
///
/// `getaddrinfo` cannot be called off, so it runs on a thread of its own, which is left behind when it takes too long.
enum NameLookup {
  /// Lookups that run, also those that were left behind; beyond this none begins.
  private static let running = Atomic<Int>(0)
  static let mostRunning = 64

  static func addresses(
    of host: String, by resolve: @escaping @Sendable (String) -> [IPAddress], _ patience: Patience
  ) throws(EgressFailure) -> [IPAddress] {
    if let address = IPAddress(host) { return [address] }
    guard running.add(1, ordering: .relaxed).newValue <= mostRunning else {
      running.subtract(1, ordering: .relaxed)
      throw EgressFailure(.unavailable, "the system's name service does not answer")
    }
    let answer = Answer()
    let thread = Thread {
      answer.give(resolve(host))
      running.subtract(1, ordering: .relaxed)
    }
    thread.name = "name lookup"
    thread.start()
    guard answer.signal.isThere else { throw .noMoreFiles }
    try patience.wait(for: POLLIN, on: answer.signal.reading)
    let addresses = answer.addresses
    guard !addresses.isEmpty else {
      throw EgressFailure(.unavailable, "the host's name has no address")
    }
    return addresses
  }

  /// What the system says.
  @Sendable static func resolve(_ host: String) -> [IPAddress] {
    var hints = unsafe addrinfo()
    unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var first: UnsafeMutablePointer<addrinfo>?
    guard unsafe getaddrinfo(host, nil, &hints, &first) == 0 else { return [] }
    defer { unsafe freeaddrinfo(first) }
    var found: [IPAddress] = []
    var entry = unsafe first
    while let info = unsafe entry {
      if let address = unsafe IPAddress(info.pointee), !found.contains(address) {
        found.append(address)
      }
      unsafe entry = info.pointee.ai_next
    }
    return found
  }
}

/// What a lookup found; its thread and who waits for it share it, and the last of the two frees it.
private final class Answer: Sendable {
  private let found = Mutex<[IPAddress]>([])
  let signal = Signal()

  func give(_ addresses: [IPAddress]) {
    found.withLock { $0 = addresses }
    signal.send()
  }

  var addresses: [IPAddress] { found.withLock { $0 } }
}

extension IPAddress {
  fileprivate init?(_ info: addrinfo) {
    guard let start = unsafe info.ai_addr else { return nil }
    let raw = UnsafeRawPointer(start)
    switch unsafe info.ai_family {
    case AF_INET:
      let address = unsafe raw.loadUnaligned(as: sockaddr_in.self).sin_addr
      self.init(bytes: unsafe withUnsafeBytes(of: address) { unsafe Array($0) })
    case AF_INET6:
      let address = unsafe raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr
      self.init(bytes: unsafe withUnsafeBytes(of: address) { unsafe Array($0) })
    default: return nil
    }
  }
}
