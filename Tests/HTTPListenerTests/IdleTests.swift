import Foundation
import Glibc
import Testing

@testable import HTTPListener
import HTTPWire

@Suite struct IdleTests {
  private static let count = 10_000
  /// Opens that many connections, says one request on each, and holds them until its input ends.
  private static let holder = """
    import resource, socket, sys
    port, count = int(sys.argv[1]), int(sys.argv[2])
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    held = []
    for index in range(count):
        held.append(socket.create_connection(("127.0.0.1", port)))
        held[-1].sendall(b"GET / HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n")
        if index % 100 == 99:
            for one in held[-100:]:
                one.recv(65536)
    print("held", flush=True)
    sys.stdin.read()
    """

  private static let mayHold: Bool = {
    var limit = rlimit()
    guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
      return false
    }
    limit.rlim_cur = limit.rlim_max
    unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    return limit.rlim_max > UInt(count) + 1_000
  }()

  @Test(.enabled(if: mayHold, "10,000 connections need as many open files"))
  func `ten thousand idle connections are held in 200 MB, and one more is served`() throws {
    let listener = try TestListener(limits: limited { $0.connectionsPerPeer = 20_000 })
    let before = try Self.residentBytes()
    let process = Process()
    let (input, output) = (Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", Self.holder, "\(listener.port)", "\(Self.count)"]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    var said = ""
    while !said.hasSuffix("\n") {
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { break }
      said += String(decoding: more, as: UTF8.self)
    }
    #expect(said == "held\n")
    #expect(listener.listener.counts.open == Self.count)
    #expect(try Self.residentBytes() - before < 200 << 20)
    let answer = try listener.talk("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    #expect(answer.status == 200)
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
    #expect(eventually { listener.listener.counts.open == 0 })
  }

  private static func residentBytes() throws -> Int {
    let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(
      separator: " ")
    return (Int(pages[1]) ?? 0) * Int(getpagesize())
  }
}
