import Foundation
import Glibc
import Workbench

/// `sealpost run --listen` in a process of its own, which a test may kill.
final class ListeningHost {
  private let process: LiveSealpost

  /// Waits until it listens.
  init(_ clinic: Clinic, _ address: String = "127.0.0.1:0", _ more: [String] = []) throws {
    process = try LiveSealpost(
      clinic, ["run", "--listen", address] + more, environment: ["SEALPOST_LOG_FORMAT": "text"])
    for _ in 0..<2_000 where urls.isEmpty && process.isRunning { usleep(10_000) }
    guard !urls.isEmpty else { throw CocoaError(.executableLoad) }
  }

  var said: String { process.errors }

  /// Where it listens: `http://…`, `https://…` or `unix:…`.
  var urls: [String] {
    guard let line = said.firstMatch(of: #/Listening on (.*)\n/#) else { return [] }
    return String(line.1).components(separatedBy: ", ")
  }

  func kill() { process.stop(SIGKILL) }

  /// Stops it as Ctrl-C does; the exit code.
  func stop() -> Int32 { process.stop() }

  /// A port that nobody listens on.
  static func freePort() -> UInt16 {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    unsafe withUnsafeMutablePointer(to: &address) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = unsafe bind(socket, $0, size)
        _ = unsafe getsockname(socket, $0, &size)
      }
    }
    return UInt16(bigEndian: address.sin_port)
  }
}

extension Clinic {
  /// A source whose write key is given.
  func addSource(_ id: String) throws -> String {
    try done("source", "add", id, "--output", "\(id).key")
    return try folder.text("\(id).key")
      .trimmingCharacters(in: .newlines)
  }

  /// The events that were delivered to the destination `file`, the last of each messageId.
  func delivered() throws -> [String: [String: Any]] {
    let text = try folder.text("out.ndjson")
    var events: [String: [String: Any]] = [:]
    for line in text.split(separator: "\n") {
      let event = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      if let event, let id = event["messageId"] as? String { events[id] = event }
    }
    return events
  }
}
