import Foundation
import Glibc
import Testing

/// What `run` tells a service manager: sd_notify(3).
@Suite(.enabled(if: Sealpost.isBuilt, "sealpost was not built beside the tests"))
struct ServiceManagerTests {
  /// A socket as a service manager has it.
  private final class Manager {
    let address: String
    private let socket: Int32

    init(_ address: String) throws {
      self.address = address
      socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
      var target = sockaddr_un()
      target.sun_family = sa_family_t(AF_UNIX)
      var name = Array(address.utf8)
      if name[0] == UInt8(ascii: "@") { name[0] = 0 }
      unsafe withUnsafeMutableBytes(of: &target.sun_path) { unsafe $0.copyBytes(from: name) }
      let length = socklen_t(2 + name.count)
      let isBound = unsafe withUnsafePointer(to: &target) {
        unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          unsafe bind(socket, $0, length) == 0
        }
      }
      try #require(isBound)
      var time = timeval(tv_sec: 10, tv_usec: 0)
      unsafe setsockopt(
        socket, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit {
      close(socket)
      unsafe unlink(address)
    }

    /// The next message; nil when none comes.
    func next() -> String? {
      var bytes = [UInt8](repeating: 0, count: 4096)
      let got = unsafe recv(socket, &bytes, bytes.count, 0)
      return got >= 0 ? String(decoding: bytes[..<got], as: UTF8.self) : nil
    }

    func next(_ isWanted: (String) -> Bool) -> String? {
      for _ in 0..<20 {
        guard let message = next() else { return nil }
        if isWanted(message) { return message }
      }
      return nil
    }
  }

  private static let paths = [
    "/tmp/sealpost-\(UUID().uuidString.prefix(8)).notify",
    "@sealpost-\(UUID().uuidString.prefix(8))",
  ]

  @Test(arguments: paths)
  func `it is told of readiness, of life, and of the end`(address: String) throws {
    let manager = try Manager(address)
    let clinic = try Clinic()
    try clinic.addFile()
    try clinic.done("destination", "enable", "file")
    let host = try RunningHost(
      clinic, environment: ["NOTIFY_SOCKET": address, "WATCHDOG_USEC": "1000000"])
    defer { host.end() }
    #expect(manager.next() == "READY=1\nSTATUS=Taking events")
    #expect(manager.next() == "WATCHDOG=1")
    #expect(manager.next() == "WATCHDOG=1")
    host.signal(SIGTERM)
    #expect(
      manager.next { $0.hasPrefix("STOPPING=1") } == "STOPPING=1\nSTATUS=Delivering what waits")
    #expect(host.end() == 0)
  }

  @Test func `a watchdog that is another process's gets no sign, and nobody there is no obstacle`()
    throws
  {
    let manager = try Manager(Self.paths[1] + "-2")
    let clinic = try Clinic()
    try clinic.addFile()
    try clinic.done("destination", "enable", "file")
    let host = try RunningHost(
      clinic,
      environment: [
        "NOTIFY_SOCKET": manager.address, "WATCHDOG_USEC": "100000", "WATCHDOG_PID": "1",
      ])
    #expect(manager.next()?.hasPrefix("READY=1") == true)
    host.signal(SIGTERM)
    #expect(manager.next()?.hasPrefix("STOPPING=1") == true)
    host.end()
    for address in [
      "/nowhere/at/all", "@nobody", "relative", "@" + String(repeating: "x", count: 300),
    ] {
      var sealpost = clinic.sealpost
      sealpost.environment = ["NOTIFY_SOCKET": address]
      #expect(try sealpost("run", input: Clinic.events).code == 0, "\(address)")
    }
  }
}
