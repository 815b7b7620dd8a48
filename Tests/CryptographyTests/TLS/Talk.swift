import Foundation
import Glibc

@testable import Cryptography

/// Blocking sockets for the tests.
enum Sockets {
  /// Two ends that are connected; whoever gets one closes it.
  static func pair() -> (Int32, Int32) {
    signal(SIGPIPE, SIG_IGN)
    var ends: [Int32] = [-1, -1]
    guard unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else {
      fatalError("socketpair: \(errno)")
    }
    return (ends[0], ends[1])
  }

  /// A connection to a server on the loopback; waits at most 20 s for any answer.
  static func connect(port: UInt16) throws -> Int32 {
    signal(SIGPIPE, SIG_IGN)
    let end = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = loopback(port)
    let connected = unsafe withUnsafePointer(to: &address) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe Glibc.connect(end, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    limit(end)
    return end
  }

  /// A server's socket that listens on a port of the system's choice.
  static func listen() -> (socket: Int32, port: UInt16) {
    let end = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = loopback(0)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    unsafe withUnsafeMutablePointer(to: &address) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = unsafe bind(end, $0, size)
        _ = Glibc.listen(end, 8)
        _ = unsafe getsockname(end, $0, &size)
      }
    }
    return (end, UInt16(bigEndian: address.sin_port))
  }

  static func limit(_ end: Int32) {
    var time = timeval(tv_sec: 20, tv_usec: 0)
    unsafe setsockopt(end, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
  }

  private static func loopback(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }
}

extension TLSConnection {
  /// All of it, over a blocking socket.
  mutating func send(_ text: String) throws {
    let bytes = Array(text.utf8)
    var sent = 0
    while sent < bytes.count {
      guard
        case .done(let count) = try unsafe write(bytes.span.extracting(sent..<bytes.count).bytes)
      else {
        throw POSIXError(.ETIMEDOUT)
      }
      sent += count
    }
  }

  /// The next bytes as text; empty at the end.
  mutating func receive() throws -> String {
    var buffer = [UInt8](repeating: 0, count: 4096)
    switch try read(into: &buffer) {
    case .done(let count): return String(decoding: buffer[..<count], as: UTF8.self)
    case .ended: return ""
    default: throw POSIXError(.ETIMEDOUT)
    }
  }
}

/// A server's thread over one end of a pair: a handshake, then `body`; its error afterwards.
final class ServerThread: @unchecked Sendable {
  // Protected by the semaphore: written before it is signalled, read after.
  private var error: (any Error)?
  private let done = DispatchSemaphore(value: 0)

  init(
    _ context: TLSServerContext, over end: Int32,
    _ body: @escaping @Sendable (inout TLSConnection) throws -> Void = { _ in }
  ) {
    Thread.detachNewThread { [self] in
      do {
        var connection = try TLSConnection(context, over: end)
        _ = try connection.handshake()
        try body(&connection)
        connection.close()
      } catch { self.error = error }
      close(end)
      done.signal()
    }
  }

  func wait() -> (any Error)? {
    done.wait()
    return error
  }
}

/// A program that runs beside a test and listens on a port.
final class LiveProcess {
  private let process = Process()
  let port: UInt16

  /// Returns when the port takes connections; without one the program says it in the first line it prints.
  init(_ arguments: [String], port known: UInt16? = nil) throws {
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = Pipe()
    try process.run()
    if let known {
      port = known
      try waitUntilListening()
    } else {
      port =
        UInt16(
          String(decoding: output.fileHandleForReading.availableData, as: UTF8.self).filter(
            \.isNumber))
        ?? 0
    }
  }

  /// A server takes the connection that this makes, and sees it end.
  private func waitUntilListening() throws {
    for _ in 0..<500 where process.isRunning {
      if let end = try? Sockets.connect(port: port) {
        close(end)
        return
      }
      usleep(10_000)
    }
    throw POSIXError(.ECONNREFUSED)
  }

  // Not waited for: `waitUntilExit` in a deinitializer comes back late or never.
  deinit { kill(process.processIdentifier, SIGKILL) }
}
