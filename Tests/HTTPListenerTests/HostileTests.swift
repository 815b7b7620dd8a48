import Foundation
import Glibc
import Synchronization
import Testing

@testable import HTTPListener
import HTTPWire

@Suite struct HostileTests {
  private static let host = "Host: h\r\n"

  /// A request that could be read in two ways; behind it stands one that a proxy did not see.
  private static let smuggling: [(String, Int)] = [
    (
      "POST / HTTP/1.1\r\n\(host)Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG",
      400
    ),
    (
      "POST / HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\nG",
      400
    ),
    ("POST / HTTP/1.1\r\n\(host)Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400),
    ("POST / HTTP/1.1\r\n\(host)Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400),
    ("POST / HTTP/1.1\r\n\(host)Content-Length: 3, 3\r\n\r\nabc", 400),
    ("POST / HTTP/1.1\r\n\(host)Content-Length: +3\r\n\r\nabc", 400),
    ("POST / HTTP/1.1\r\n\(host)Content-Length: -1\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\n\(host)Content-Length: 0x3\r\n\r\nabc", 400),
    ("POST / HTTP/1.1\r\n\(host)Content-Length : 3\r\n\r\nabc", 400),
    ("POST / HTTP/1.1\r\n\(host)Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501),
    ("POST / HTTP/1.1\r\n\(host)Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
    ("POST / HTTP/1.1\r\n\(host)Transfer-Encoding:\u{0B}chunked\r\n\r\n0\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n", 501),
    ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501),
    ("POST / HTTP/1.1\r\n\(host)X: a\r\n Content-Length: 3\r\n\r\nabc", 400),
    ("POST / HTTP/1.1\r\n\(host)X: a\nContent-Length: 3\r\n\r\nabc", 400),
    ("POST / HTTP/1.1\n\(host)\r\n", 400),
    ("GET / HTTP/1.1\r\n\(host)X: a\rb\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\n\(host)X: a\u{0}b\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\n\(host)\(host)\r\n", 400),
    ("GET  / HTTP/1.1\r\n\(host)\r\n", 400),
    ("GET / HTTP/2.0\r\n\(host)\r\n", 505),
    ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    ("\u{16}\u{3}\u{1}\u{2}\r\n", 400),
    ("POST / HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\n\r\nx\r\n", 400),
    ("POST / HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\n\r\n-1\r\n", 400),
    ("POST / HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\n\r\n 1\r\na\r\n", 400),
    ("POST / HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\n\r\n1\na\r\n", 400),
    ("POST / HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", 400),
    ("POST / HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\n", 413),
    ("POST / HTTP/1.1\r\n\(host)Content-Length: 99999999999\r\n\r\n", 413),
    ("GET /\(String(repeating: "a", count: 9_000)) HTTP/1.1\r\n", 414),
    ("GET / HTTP/1.1\r\n\(host)X: \(String(repeating: "a", count: 9_000))\r\n\r\n", 431),
    ("GET / HTTP/1.1\r\n\(host)\(String(repeating: "X: y\r\n", count: 101))\r\n", 431),
  ]

  @Test(arguments: smuggling)
  func `a request that two readers could read in two ways ends the connection`(
    text: String, status: Int
  ) throws {
    let listener = try TestListener()
    let answers = try listener.talk(text + "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n")
    #expect(answers.statuses == [status])
    #expect(answers.contains("\r\nConnection: close\r\n"))
    #expect(listener.taken.isEmpty)
    #expect(listener.listener.counts.refused == 1)
  }

  @Test func `those before a bad request get their answers first`() throws {
    let listener = try TestListener { request, exchange in
      DispatchQueue.global().asyncAfter(deadline: .now() + 0.05) {
        exchange.answer(TestListener.echo(request))
      }
    }
    let answers = try listener.talk(
      "GET /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\nnonsense\r\n\r\n")
    #expect(answers.statuses == [200, 200, 400])
  }

  @Test func `a refusal is heard by a sender that goes on sending`() throws {
    let listener = try TestListener(limits: limited { $0.wire.body = 1_000 })
    let client = try listener.client()
    client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 900000\r\n\r\n")
    client.send([UInt8](repeating: 0x61, count: 900_000))
    #expect(client.readToEnd().status == 413)
  }

  @Test func `slow senders of heads and bodies are told 408, silent ones are closed`() throws {
    let listener = try TestListener(
      limits: limited {
        $0.headTime = .milliseconds(100)
        $0.bodyTime = .milliseconds(100)
        $0.idleTime = .milliseconds(100)
      })
    let (head, body, silent) = (
      try listener.client(), try listener.client(), try listener.client()
    )
    head.send("GET / HT")
    body.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\na")
    #expect(head.readToEnd().status == 408)
    #expect(body.readToEnd().status == 408)
    #expect(silent.readToEnd().isEmpty)
    #expect(eventually { listener.listener.counts.slow == 2 })
    #expect(eventually { listener.listener.counts.open == 0 })
  }

  @Test func `a head in single bytes has its time from the first byte on`() throws {
    let listener = try TestListener(limits: limited { $0.headTime = .milliseconds(300) })
    let client = try listener.client()
    for byte in "GET / HTTP/1.1\r\nHost: h\r\nX: \(String(repeating: "a", count: 40))".utf8 {
      client.send([byte])
      usleep(20_000)
    }
    #expect(client.readToEnd().status == 408)
  }

  @Test func `a reader that takes nothing of its answer is dropped`() throws {
    let body = [UInt8](repeating: 0x78, count: 32 << 20)
    let listener = try TestListener(limits: limited { $0.writeTime = .milliseconds(100) }) {
      $1.answer(HTTPAnswer(200, body: body))
    }
    let client = try listener.client()
    client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
    #expect(eventually { listener.listener.counts.slow == 1 })
    #expect(eventually { listener.listener.counts.open == 0 })
    withExtendedLifetime(client) {}
  }

  @Test func `an answer that takes long is waited for, whatever the times are`() throws {
    let held = Mutex<[HTTPExchange]>([])
    let listener = try TestListener(
      limits: limited {
        ($0.headTime, $0.idleTime, $0.bodyTime) = (
          .milliseconds(50), .milliseconds(50), .milliseconds(50)
        )
      }
    ) { _, exchange in held.withLock { $0.append(exchange) } }
    let client = try listener.client()
    client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
    usleep(800_000)
    held.withLock { $0 }.forEach { $0.answer(.text(200, "at last")) }
    #expect(client.read(until: "at last\n").status == 200)
  }

  @Test func `connections beyond the limits are turned away`() throws {
    let listener = try TestListener(limits: limited { $0.connectionsPerPeer = 2 })
    let kept = [try listener.client(), try listener.client()]
    #expect(eventually { listener.listener.counts.open == 2 })
    #expect(try listener.client().readToEnd().status == 503)
    #expect(listener.listener.counts.turnedAway == 1)
    kept[0].finish()
    #expect(eventually { listener.listener.counts.open == 1 })
    let next = try listener.client()
    next.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    #expect(next.readToEnd().status == 200)
  }

  @Test func `bodies take no more memory than there is for them`() throws {
    let listener = try TestListener(limits: limited { $0.bufferedBytes = 100_000 })
    let head = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 60000\r\n\r\n"
    let first = try listener.client()
    first.send(head)
    #expect(eventually { listener.listener.counts.buffered >= 60_000 })
    let second = try listener.client()
    second.send(head)
    let answer = second.readToEnd()
    #expect(answer.status == 503 && answer.contains("\r\nRetry-After: 1\r\n"))
    first.send([UInt8](repeating: 0x61, count: 60_000))
    #expect(first.read(until: "a\n").status == 200)
    #expect(eventually { listener.listener.counts.buffered == 0 })
  }

  @Test func `chunks that would need too much memory are refused, too`() throws {
    let listener = try TestListener(limits: limited { $0.bufferedBytes = 100_000 })
    let client = try listener.client()
    client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in 0..<30 { client.send("2000\r\n\(String(repeating: "a", count: 0x2000))\r\n") }
    #expect(client.readToEnd().status == 503)
    #expect(eventually { listener.listener.counts.buffered == 0 })
  }

  @Test func `an answer with a line break in a field becomes a 500`() throws {
    let listener = try TestListener { _, exchange in
      exchange.answer(HTTPAnswer(200, [HTTPField("X", "a\r\nSet-Cookie: b")]))
    }
    let answer = try listener.talk("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    #expect(answer.status == 500 && !answer.contains("Set-Cookie"))
  }

  @Test func `any bytes are survived, and the next connection is served`() throws {
    let listener = try TestListener(limits: limited { $0.lingerTime = .milliseconds(20) })
    var random = SystemRandomNumberGenerator()
    let seed = Array(
      "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nxy"
        .utf8)
    for _ in 0..<300 {
      var bytes = seed
      for _ in 0..<Int.random(in: 0...4, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
          in: 0...255, using: &random)
      }
      let client = try listener.client()
      client.send(bytes)
      client.finish()
      #expect(client.readToEnd().statuses.allSatisfy { (200..<600).contains($0) })
    }
    #expect(
      try listener.talk("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").status == 200)
    #expect(eventually { listener.listener.counts.open == 0 })
    #expect(listener.listener.counts.buffered == 0)
  }
}
