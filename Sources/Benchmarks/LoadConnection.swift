import Cryptography
import Glibc

/// One kept connection of a load generator: sends a request whole and reads its answer.
final class LoadConnection {
  private let descriptor: Int32
  private var input = [UInt8](repeating: 0, count: 4_096)

  struct Failed: Error {}

  init(port: UInt16) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var target = sockaddr_in()
    target.sin_family = sa_family_t(AF_INET)
    target.sin_port = port.bigEndian
    target.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let result = unsafe withUnsafePointer(to: &target) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw Failed() }
    var yes: Int32 = 1
    unsafe setsockopt(
      descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
  }

  deinit { close(descriptor) }

  /// Throws unless the answer is 200; answers are short enough to come in one piece.
  func call(_ request: [UInt8]) throws {
    var sent = 0
    while sent < request.count {
      let count = unsafe request.withUnsafeBytes {
        unsafe send(
          descriptor, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw Failed() }
      sent += count
    }
    let got = unsafe recv(descriptor, &input, input.count, 0)
    guard got > 12, input[9] == UInt8(ascii: "2") else { throw Failed() }
  }
}

/// Requests of the Tracking API, made before anything is measured.
struct LoadRequests {
  static let key = "0123456789abcdef0123456789abcdef"
  let all: [[UInt8]]

  /// So many calls of `/v1/batch` with so many events each, no two events with the same messageId.
  init(calls: Int, events: Int, key: String = LoadRequests.key, seed: Int = 0) {
    let lines = SampleEvents(count: 10_000).lines
    all = (0..<calls).map { call in
      var body = Array(#"{"sentAt":"2026-11-20T09:00:00Z","batch":["#.utf8)
      for index in 0..<events {
        let line = lines[(call * events + index) % lines.count].dropLast()
        if index > 0 { body.append(UInt8(ascii: ",")) }
        body += LoadRequests.renamed(line, seed * 10_000_000 + call * events + index)
      }
      body += Array("]}".utf8)
      return LoadRequests.head(body.count, key) + body
    }
  }

  /// Another messageId of the same length.
  private static func renamed(_ line: ArraySlice<UInt8>, _ number: Int) -> [UInt8] {
    var line = Array(line)
    let digits = Array(String(1_000_000_000 + number).utf8)
    guard let place = line.firstIndex(of: Array(#""messageId":"msg-"#.utf8)) else { return line }
    for (offset, digit) in digits.enumerated() where place + offset < line.count {
      if line[place + offset] == UInt8(ascii: "\"") { break }
      line[place + offset] = digit
    }
    return line
  }

  private static func head(_ length: Int, _ key: String) -> [UInt8] {
    let credentials = unsafe Base64.encode(Array("\(key):".utf8).span.bytes)
    return Array(
      "POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic \(credentials)\r\nContent-Type: application/json\r\nContent-Length: \(length)\r\n\r\n"
        .utf8)
  }
}

extension [UInt8] {
  /// Behind the first place where these bytes stand.
  fileprivate func firstIndex(of part: [UInt8]) -> Int? {
    guard count >= part.count else { return nil }
    for start in 0...count - part.count where self[start..<start + part.count].elementsEqual(part) {
      return start + part.count
    }
    return nil
  }
}
