import Foundation
import Glibc
import HTTPWire
import Synchronization

/// A server on the loopback that reads requests whole and answers 200 to each: as little as a receiver can do.
final class LoopbackServer: Sendable {
  let port: UInt16
  private let listening: Int32
  private let count = Atomic<Int>(0)

  /// Requests that were read so far.
  var requests: Int { count.load(ordering: .relaxed) }

  init() {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    unsafe withUnsafeMutablePointer(to: &address) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = unsafe bind(socket, $0, size)
        _ = listen(socket, 8)
        _ = unsafe getsockname(socket, $0, &size)
      }
    }
    listening = socket
    port = UInt16(bigEndian: address.sin_port)
    Thread.detachNewThread { [self] in accept() }
  }

  /// Ends it; what is connected goes on until the other side hangs up.
  func stop() {
    shutdown(listening, Int32(SHUT_RDWR))
    close(listening)
  }

  private func accept() {
    while true {
      let connection = Glibc.accept(listening, nil, nil)
      guard connection >= 0 else { return }
      var yes: Int32 = 1
      unsafe setsockopt(
        connection, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
      Thread.detachNewThread { [self] in
        try? serve(connection)
        close(connection)
      }
    }
  }

  private func serve(_ connection: Int32) throws {
    let answer = Array("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".utf8)
    var input: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 256 << 10)
    var body: [UInt8] = []
    while try request(connection, &input, &piece, &body) {
      count.add(1, ordering: .relaxed)
      _ = unsafe send(connection, answer, answer.count, Int32(MSG_NOSIGNAL))
    }
  }

  /// Reads one request; false at the connection's end.
  private func request(
    _ connection: Int32, _ input: inout [UInt8], _ piece: inout [UInt8], _ body: inout [UInt8]
  ) throws -> Bool {
    body.removeAll(keepingCapacity: true)
    var limits = WireLimits()
    limits.body = 64 << 20
    var parser = RequestParser(limits)
    var decoder: BodyDecoder?
    while true {
      if decoder == nil, let (head, length) = try parser.parse(input.span) {
        input.removeFirst(length)
        decoder = try BodyDecoder(try head.framing(), limits)
      }
      if decoder != nil {
        let taken = try decoder!.decode(input.span, into: &body)
        input.removeFirst(taken)
        if decoder!.isComplete { return true }
      }
      let got = unsafe recv(connection, &piece, piece.count, 0)
      guard got > 0 else { return false }
      input.append(contentsOf: piece[..<got])
    }
  }
}
