import EventJSON
import Foundation
import Glibc
import HTTPListener
import HTTPWire
import Synchronization

@testable import TrackingAPI

/// The service on a listener of its own, and what came in; each call is accepted, or as a test says.
final class TestService: Sendable {
  static let key = "0123456789abcdef0123456789abcdef"
  private let listener: HTTPListener
  private let seen: Seen

  private final class Seen: Sendable {
    let calls = Mutex<[TrackingCall]>([])
  }

  init(
    proxies: [String] = [], readsGzip: Bool = true,
    take: @escaping @Sendable (TrackingCall) -> Void = { $0.accept(rejections: []) }
  ) throws {
    signal(SIGPIPE, SIG_IGN)
    var trusted = TrustedProxies()
    for proxy in proxies where !trusted.add(proxy) { fatalError("no network: \(proxy)") }
    let seen = Seen()
    let api = TrackingAPI(
      proxies: trusted, readsGzip: readsGzip,
      source: { String($0) == Self.key ? "website" : nil },
      take: { call in
        seen.calls.withLock { $0.append(call) }
        take(call)
      })
    var limits = ListenerLimits()
    TrackingAPI.limit(&limits)
    self.seen = seen
    listener = try HTTPListener(
      on: [.tcp(IPAddress("127.0.0.1")!, port: 0)], limits: limits, api.service)
  }

  deinit { listener.stop(by: .now) }

  var calls: [TrackingCall] { seen.calls.withLock { $0 } }

  /// The events of the last call, as they were stamped.
  var events: [[String: Any]] {
    guard let call = calls.last else { return [] }
    return call.events.compactMap {
      try? JSONSerialization.jsonObject(with: Data(call.lines[$0.range])) as? [String: Any]
    }
  }

  static let basic = "Basic " + Data("\(key):".utf8).base64EncodedString()

  struct Answer {
    let status: Int
    let head: String
    let body: String

    var json: [String: Any] {
      (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any] ?? [:]
    }
    var code: String? { json["code"] as? String }
  }

  /// One request on a connection of its own; `authorization` is the header's value.
  func call(
    _ path: String, _ body: [UInt8], method: String = "POST", authorization: String? = basic,
    headers: [String] = []
  ) throws -> Answer {
    guard case .tcp(_, let port) = listener.addresses[0] else {
      throw CocoaError(.featureUnsupported)
    }
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var target = sockaddr_in()
    target.sin_family = sa_family_t(AF_INET)
    target.sin_port = port.bigEndian
    target.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let result = unsafe withUnsafePointer(to: &target) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw CocoaError(.fileReadUnknown) }
    let fields =
      ["Host: h", "Content-Length: \(body.count)", "Connection: close"]
      + (authorization.map { ["Authorization: \($0)"] } ?? []) + headers
    let request =
      Array(
        "\(method) \(path) HTTP/1.1\r\n\(fields.joined(separator: "\r\n"))\r\n\r\n".utf8) + body
    var sent = 0
    while sent < request.count {
      let count = unsafe request[sent...].withUnsafeBytes {
        unsafe send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { break }
      sent += count
    }
    var answer: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe recv(socket, &piece, piece.count, 0)
      guard count > 0 else { break }
      answer += piece[..<count]
    }
    let text = String(decoding: answer, as: UTF8.self)
    let parts = text.components(separatedBy: "\r\n\r\n")
    return Answer(
      status: Int(text.dropFirst(9).prefix(3)) ?? 0, head: parts[0],
      body: parts.dropFirst().joined(separator: "\r\n\r\n"))
  }

  func call(
    _ path: String, _ body: String, method: String = "POST", authorization: String? = basic,
    headers: [String] = []
  ) throws -> Answer {
    try call(
      path, Array(body.utf8), method: method, authorization: authorization, headers: headers)
  }
}
