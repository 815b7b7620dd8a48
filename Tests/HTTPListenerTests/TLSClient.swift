import Cryptography
import Foundation
import Glibc

@testable import HTTPListener
import HTTPWire

/// A client of TLS that waits for each of its calls.
final class TLSClient {
  private let socket: RawClient
  private var connection: TLSConnection

  init(_ port: UInt16, trusting root: String) throws {
    guard let address = ListenAddress("127.0.0.1:\(port)") else { throw RawClient.Failed() }
    socket = try RawClient(address)
    connection = try TLSConnection(
      TLSClientContext(additionalTrust: root), to: "localhost", over: socket.descriptor)
    guard try connection.handshake() == .done(0) else { throw RawClient.Failed() }
  }

  var version: String { connection.version }
  var applicationProtocol: String? { connection.applicationProtocol }

  func send(_ text: String) throws {
    let bytes = Array(text.utf8)
    var sent = 0
    while sent < bytes.count {
      let rest = bytes[sent...]
      guard case .done(let count) = try unsafe connection.write(rest.span.bytes) else {
        throw RawClient.Failed()
      }
      sent += count
    }
  }

  func readToEnd() throws -> String {
    var all: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 16 << 10)
    while case .done(let count) = try connection.read(into: &piece) { all += piece[..<count] }
    return String(decoding: all, as: UTF8.self)
  }
}
