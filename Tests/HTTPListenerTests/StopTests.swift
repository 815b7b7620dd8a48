import Foundation
import Synchronization
import Testing

@testable import HTTPListener
import HTTPWire

@Suite struct StopTests {
  @Test func `a stop finishes what is in flight and takes nothing new`() throws {
    let held = Mutex<[HTTPExchange]>([])
    let listener = try TestListener { _, exchange in held.withLock { $0.append(exchange) } }
    let (idle, busy, coming) = (try listener.client(), try listener.client(), try listener.client())
    busy.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n")
    coming.send("POST /3 HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nab")
    #expect(eventually { held.withLock { $0.count } == 2 })
    let stopped = Stopping(listener.listener)
    #expect(idle.isHungUp)
    #expect(throws: RawClient.Failed.self) { try listener.client() }
    held.withLock { $0 }.forEach { $0.answer(.text(200, "done")) }
    let answers = busy.readToEnd()
    #expect(answers.statuses == [200, 200])
    #expect(answers.components(separatedBy: "Connection: close").count == 2)
    coming.send("cd")
    #expect(eventually { held.withLock { $0.count } == 3 })
    held.withLock { $0 }[2].answer(.text(200, "late"))
    #expect(coming.readToEnd().status == 200)
    #expect(eventually { stopped.isOver })
    // That nobody can connect any more is no trouble.
    #expect(listener.told.isEmpty)
    #expect(listener.listener.counts.open == 0 && listener.listener.counts.buffered == 0)
  }

  @Test func `a stop does not wait beyond its deadline`() throws {
    let held = Mutex<[HTTPExchange]>([])
    let listener = try TestListener { _, exchange in held.withLock { $0.append(exchange) } }
    let client = try listener.client()
    client.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n")
    #expect(eventually { held.withLock { $0.count } == 1 })
    listener.listener.stop(by: .now.advanced(by: .milliseconds(50)))
    #expect(client.isHungUp)
    held.withLock { $0 }[0].answer(.text(200, "nobody hears it"))
  }
}

/// A stop that runs on a thread of its own.
private final class Stopping: Sendable {
  private let over = Mutex(false)
  var isOver: Bool { over.withLock { $0 } }

  init(_ listener: HTTPListener) {
    Thread.detachNewThread { [self] in
      listener.stop(by: .now.advanced(by: .seconds(10)))
      over.withLock { $0 = true }
    }
  }
}
