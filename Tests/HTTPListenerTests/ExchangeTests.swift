import Foundation
import Glibc
import Synchronization
import Testing

@testable import HTTPListener
import HTTPWire

@Suite struct ExchangeTests {
  private static let get = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n"
  private static let last = "GET /z HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"

  @Test func `a request is answered, and the connection stays`() throws {
    let listener = try TestListener()
    let client = try listener.client()
    for _ in 0..<3 {
      client.send(Self.get)
      let answer = client.read(until: "GET /a \n")
      #expect(answer.status == 200)
      #expect(answer.contains("\r\nContent-Length: 8\r\n"))
      #expect(
        answer.firstMatch(of: #/\r\nDate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n/#) != nil)
      #expect(!answer.contains("Connection"))
    }
    #expect(listener.listener.counts.requests == 3)
    #expect(listener.listener.counts.accepted == 1)
  }

  @Test func `a body comes by length or in chunks, in pieces of any size`() throws {
    let listener = try TestListener()
    let whole =
      "POST /l HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"
      + "POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nT: t\r\n\r\n"
      + Self.last
    for size in [1, 7, 1_000] {
      let client = try listener.client()
      for start in stride(from: 0, to: whole.utf8.count, by: size) {
        client.send(Array(Array(whole.utf8)[start..<min(start + size, whole.utf8.count)]))
      }
      let answers = client.readToEnd()
      #expect(answers.statuses == [200, 200, 200])
      #expect(answers.contains("POST /l hello\n") && answers.contains("POST /c abcde\n"))
    }
  }

  @Test func `answers given late and in any order leave in the order of their requests`() throws {
    let held = Mutex<[(HTTPRequest, HTTPExchange)]>([])
    let listener = try TestListener { request, exchange in
      held.withLock { $0.append((request, exchange)) }
    }
    let client = try listener.client()
    let paths = (0..<10).map { "/\($0)" }
    client.send(
      paths.map { "GET \($0) HTTP/1.1\r\nHost: h\r\n\r\n" }.joined())
    #expect(eventually { held.withLock { $0.count } == 10 })
    for (request, exchange) in held.withLock({ $0 }).shuffled() {
      DispatchQueue.global().async { exchange.answer(TestListener.echo(request)) }
    }
    let answers = client.read(until: "GET /9 \n")
    let order = answers.matches(of: #/GET (\/\d) /#).map { String($0.output.1) }
    #expect(order == paths)
  }

  @Test func `no more requests of a connection are taken than may wait`() throws {
    let held = Mutex<[HTTPExchange]>([])
    let listener = try TestListener(limits: limited { $0.pipelined = 4 }) { _, exchange in
      held.withLock { $0.append(exchange) }
    }
    let client = try listener.client()
    client.send(String(repeating: Self.get, count: 20))
    #expect(eventually { held.withLock { $0.count } == 4 })
    usleep(50_000)
    #expect(listener.taken.count == 4)
    var answered = 0
    while answered < 20, eventually({ held.withLock { $0.count } > answered }) {
      let next = held.withLock { $0[answered...] }
      next.forEach { $0.answer(.text(200, "x")) }
      answered += next.count
    }
    #expect(client.read(until: "").isEmpty)
    var all = ""
    while all.statuses.count < 20, let piece = client.readSome() {
      all += String(decoding: piece, as: UTF8.self)
    }
    #expect(all.statuses == Array(repeating: 200, count: 20))
  }

  @Test func `an exchange that is let go is answered with 500`() throws {
    let listener = try TestListener { _, _ in }
    let answer = try listener.talk(Self.last)
    #expect(answer.status == 500)
  }

  @Test func `a second answer to one request is passed over`() throws {
    let listener = try TestListener { _, exchange in
      exchange.answer(.text(200, "one"))
      exchange.answer(.text(200, "two"))
    }
    let answer = try listener.talk(Self.get + Self.last)
    #expect(answer.statuses == [200, 200] && !answer.contains("two"))
  }

  @Test func `a HEAD is answered without a body, a 204 without a length`() throws {
    let listener = try TestListener { request, exchange in
      exchange.answer(request.path == "/204" ? HTTPAnswer(204) : TestListener.echo(request))
    }
    let answers = try listener.talk(
      "HEAD /h HTTP/1.1\r\nHost: h\r\n\r\nGET /204 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
    )
    #expect(answers.statuses == [200, 204])
    #expect(answers.contains("Content-Length: 9\r\n") && !answers.contains("HEAD /h"))
    #expect(answers.components(separatedBy: "Content-Length").count == 2)
  }

  @Test func `HTTP 1 0 is served, and its connection stays only if it asks`() throws {
    let listener = try TestListener()
    let asked = try listener.client()
    asked.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
    #expect(asked.read(until: "GET / \n").contains("\r\nConnection: keep-alive\r\n"))
    asked.send("GET / HTTP/1.0\r\n\r\n")
    let end = asked.readToEnd()
    #expect(end.status == 200 && end.contains("\r\nConnection: close\r\n"))
  }

  @Test func `a sender that waits to go on is told to, when its turn has come`() throws {
    let held = Mutex<[HTTPExchange]>([])
    let listener = try TestListener { request, exchange in
      if request.path == "/first" {
        held.withLock { $0.append(exchange) }
      } else {
        exchange.answer(TestListener.echo(request))
      }
    }
    let client = try listener.client()
    client.send(
      "GET /first HTTP/1.1\r\nHost: h\r\n\r\nPOST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
    )
    #expect(eventually { held.withLock { $0.count } == 1 })
    held.withLock { $0 }[0].answer(.text(200, "first"))
    let answer = client.read(until: "Continue\r\n\r\n")
    #expect(answer.statuses == [200, 100])
    client.send("ab")
    #expect(client.read(until: "POST /p ab\n").status == 200)
    client.send("POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 200-maybe\r\n\r\n")
    #expect(client.readToEnd().status == 417)
  }

  @Test func `a body that is sent at once is not told to go on`() throws {
    let listener = try TestListener()
    let answer = try listener.talk(
      "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\nab"
    )
    #expect(answer.statuses == [200])
  }

  @Test func `a head can be refused before its body comes`() throws {
    let listener = try TestListener(screen: { head, _ in
      head.start.target == "/no" ? .text(404, "no") : nil
    })
    let answer = try listener.talk(
      "GET /no HTTP/1.1\r\nHost: h\r\n\r\n\(Self.get)POST /no HTTP/1.1\r\nHost: h\r\nContent-Length: 900000\r\n\r\nabc"
    )
    #expect(answer.statuses == [404, 200, 404])
    #expect(listener.taken.count == 1)
  }

  @Test func `a sender that has said all is still answered`() throws {
    let listener = try TestListener { request, exchange in
      DispatchQueue.global().asyncAfter(deadline: .now() + 0.1) {
        exchange.answer(TestListener.echo(request))
      }
    }
    let client = try listener.client()
    client.send(Self.get + Self.get)
    client.finish()
    #expect(client.readToEnd().statuses == [200, 200])
  }

  @Test func `a large answer reaches a reader that takes its time`() throws {
    let body = [UInt8](repeating: UInt8(ascii: "x"), count: 8 << 20)
    let listener = try TestListener { _, exchange in exchange.answer(HTTPAnswer(200, body: body)) }
    let client = try listener.client()
    client.send(Self.last)
    usleep(100_000)
    #expect(client.readToEnd().utf8.count > body.count)
  }

  @Test func `IPv6, a Unix socket, and several loops are served`() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("l-\(UUID()).sock")
      .path
    let listener = try TestListener(
      on: ["127.0.0.1:0", "[::1]:0", "unix:\(path)"], threads: 3)
    for index in 0..<3 {
      for _ in 0..<5 {
        let client = try listener.client(index)
        client.send(Self.last)
        #expect(client.readToEnd().status == 200)
      }
    }
    #expect(
      Set(listener.taken.map(\.peer.description)) == ["127.0.0.1", "::1", "local"])
    var status = stat()
    #expect(unsafe stat(path, &status) == 0 && status.st_mode & 0o777 == 0o660)
    listener.listener.stop(by: .now)
    #expect(unsafe stat(path, &status) != 0)
  }

  @Test func `[::] takes IPv4, whose senders keep their address`() throws {
    let listener = try TestListener(on: ["[::]:0"])
    let client = try RawClient(.tcp(try #require(IPAddress("127.0.0.1")), port: listener.port))
    client.send(Self.last)
    #expect(client.readToEnd().status == 200)
    #expect(listener.taken.map(\.peer.description) == ["127.0.0.1"])
  }

  @Test func `a Unix socket that was left over is replaced, one in use and a file are not`() throws
  {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("l-\(UUID()).sock")
      .path
    let first = try TestListener(on: ["unix:\(path)"])
    #expect(throws: ListenerError.pathTaken(path)) { try TestListener(on: ["unix:\(path)"]) }
    _ = try first.talk(Self.last)
    first.listener.stop(by: .now)
    try leaveSocket(at: path)
    let second = try TestListener(on: ["unix:\(path)"])
    #expect(try second.talk(Self.last).status == 200)
    second.listener.stop(by: .now)
    try Data().write(to: URL(fileURLWithPath: path))
    #expect(throws: ListenerError.pathTaken(path)) { try TestListener(on: ["unix:\(path)"]) }
    try FileManager.default.removeItem(atPath: path)
  }

  private func leaveSocket(at path: String) throws {
    let socket = try ListeningSocket(try #require(ListenAddress("unix:\(path)")))
    withExtendedLifetime(socket) {}
  }

  @Test func `a taken port is told with its mend`() throws {
    let listener = try TestListener()
    let error = #expect(throws: ListenerError.self) {
      try TestListener(on: ["127.0.0.1:\(listener.port)"])
    }
    #expect(
      error?.description
        == "listening refused, 127.0.0.1:\(listener.port): bind: Address already in use. Stop who listens there, or name another port."
    )
  }

  @Test(arguments: [
    ("127.0.0.1:80", "127.0.0.1:80"), ("[::1]:8080", "[::1]:8080"),
    ("localhost:1", "127.0.0.1:1"), ("unix:/run/x.sock", "unix:/run/x.sock"),
    ("[::]:0", "[::]:0"),
  ])
  func `an address is read`(text: String, expected: String) {
    #expect(ListenAddress(text)?.description == expected)
  }

  @Test(arguments: [
    "", ":80", "80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "::1:80",
    "[127.0.0.1]:80", "example.com:80", "unix:x.sock", "unix:", "127.1:80", "[::1]80",
    "127.0.0.1:+80", "unix:/\(String(repeating: "x", count: 108))",
  ])
  func `what is no address is none`(text: String) {
    #expect(ListenAddress(text) == nil)
  }

  @Test func `Date is as RFC 9110 has it`() {
    #expect(HTTPDate.text(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
  }
}
