import Foundation
import Glibc

@testable import HTTPListener
import HTTPWire

/// A socket that says exactly what it is told, byte for byte.
final class RawClient {
  let descriptor: Int32

  init(_ address: ListenAddress) throws {
    switch address {
    case .tcp(let ip, let port): descriptor = try Self.connect(ip, port)
    case .unix(let path): descriptor = try Self.connect(path)
    }
    var time = timeval(tv_sec: 10, tv_usec: 0)
    unsafe setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  struct Failed: Error { let code = errno }

  func send(_ text: String) { send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes {
        unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  /// Says that nothing more comes.
  func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// What comes until the other side hangs up, at most ten seconds long.
  func readToEnd() -> String {
    var all: [UInt8] = []
    while let piece = readSome() { all += piece }
    return String(decoding: all, as: UTF8.self)
  }

  /// What comes until it ends with `end`.
  func read(until end: String) -> String {
    var all = ""
    while !all.hasSuffix(end), let piece = readSome() {
      all += String(decoding: piece, as: UTF8.self)
    }
    return all
  }

  /// Whether the other side has hung up, or does so within ten seconds.
  var isHungUp: Bool {
    var byte: UInt8 = 0
    let count = unsafe recv(descriptor, &byte, 1, 0)
    return count == 0 || (count < 0 && errno == ECONNRESET)
  }

  /// nil at the end, and when nothing comes for ten seconds.
  func readSome() -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
    return count > 0 ? Array(buffer[..<count]) : nil
  }

  private static func connect(_ ip: IPAddress, _ port: UInt16) throws -> Int32 {
    let descriptor = socket(
      ip.bytes.count == 4 ? AF_INET : AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
    var result: Int32
    if ip.bytes.count == 4 {
      var target = sockaddr_in()
      target.sin_family = sa_family_t(AF_INET)
      target.sin_port = port.bigEndian
      unsafe withUnsafeMutableBytes(of: &target.sin_addr) { unsafe $0.copyBytes(from: ip.bytes) }
      result = connect(descriptor, &target)
    } else {
      var target = sockaddr_in6()
      target.sin6_family = sa_family_t(AF_INET6)
      target.sin6_port = port.bigEndian
      unsafe withUnsafeMutableBytes(of: &target.sin6_addr) { unsafe $0.copyBytes(from: ip.bytes) }
      result = connect(descriptor, &target)
    }
    guard result == 0 else { throw Failed() }
    return descriptor
  }

  private static func connect(_ path: String) throws -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var target = sockaddr_un()
    target.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &target.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    guard connect(descriptor, &target) == 0 else { throw Failed() }
    return descriptor
  }

  private static func connect<Address>(_ descriptor: Int32, _ target: inout Address) -> Int32 {
    unsafe withUnsafePointer(to: &target) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
      }
    }
  }
}
