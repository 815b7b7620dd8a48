import Foundation
import Testing
import Workbench

@testable import Cryptography

/// Each of our sides against OpenSSL's own program and Python's `ssl`.
@Suite(.enabled(if: Judge.hasOpenSSL, "openssl makes the certificates and is the other side"))
struct TLSJudgeTests {
  private let certificates: Certificates

  init() throws { certificates = try Certificates.shared.get() }

  @Test(arguments: ["-tls1_2", "-tls1_3"])
  func `our client talks to openssl s_server`(version: String) throws {
    let server = try s_server([version])
    let end = try Sockets.connect(port: server.port)
    defer { close(end) }
    var connection = try TLSConnection(try certificates.client(), to: "localhost", over: end)
    _ = try connection.handshake()
    try connection.send("stressed\n")
    let answer = try connection.receive()
    #expect(answer == "desserts\n")
  }

  @Test(arguments: ["-tls1", "-tls1_1"])
  func `our client speaks no older version, even where the server wants one`(
    version: String
  ) throws {
    let server = try s_server([version, "-cipher", "ALL:@SECLEVEL=0"])
    let end = try Sockets.connect(port: server.port)
    defer { close(end) }
    var connection = try TLSConnection(try certificates.client(), to: "localhost", over: end)
    var failure: TLSError?
    do { _ = try connection.handshake() } catch { failure = error }
    guard case .handshakeFailed? = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
  }

  @Test func `our client refuses what openssl s_server shows of another host`() throws {
    let server = try s_server([], certificate: "elsewhere")
    let end = try Sockets.connect(port: server.port)
    defer { close(end) }
    var connection = try TLSConnection(try certificates.client(), to: "localhost", over: end)
    var failure: TLSError?
    do { _ = try connection.handshake() } catch { failure = error }
    #expect(failure == .certificateRefused(reason: "hostname mismatch"))
  }

  /// On a port that was free a moment ago: what the program prints of its own choice stays in its buffer.
  private func s_server(
    _ options: [String], certificate: String = "good"
  ) throws -> LiveProcess {
    let (socket, port) = Sockets.listen()
    close(socket)
    return try LiveProcess(
      [
        "openssl", "s_server", "-accept", "127.0.0.1:\(port)", "-rev", "-cert",
        certificates.certificate(certificate), "-key", certificates.key(certificate),
      ] + options, port: port)
  }

  @Test(arguments: [("-tls1_2", true), ("-tls1_3", true), ("-tls1_1", false)])
  func `openssl s_client talks to our server, in versions of today only`(
    version: String, isServed: Bool
  ) throws {
    let (listening, port) = Sockets.listen()
    defer { close(listening) }
    let server = try certificates.server("good")
    Thread.detachNewThread {
      let end = accept(listening, nil, nil)
      _ = ServerThread(server, over: end) { try $0.send("served \(try $0.receive())") }.wait()
    }
    let output = try? Judge.run(
      [
        "openssl", "s_client", "-connect", "127.0.0.1:\(port)", "-servername", "localhost",
        "-verify_hostname", "localhost", "-verify_return_error", "-CAfile", certificates.root,
        "-alpn", "http/1.1", "-ign_eof", version, "-cipher", "DEFAULT:@SECLEVEL=0",
      ], input: Array("ping\n".utf8))
    let text = String(decoding: output ?? [], as: UTF8.self)
    #expect(text.contains("served ping") == isServed)
    #expect(text.contains("ALPN protocol: http/1.1") == isServed)
  }

  @Test func `a client that offers only other protocols than HTTP 1.1 is turned away`() throws {
    let (listening, port) = Sockets.listen()
    defer { close(listening) }
    let server = try certificates.server("good")
    Thread.detachNewThread {
      let end = accept(listening, nil, nil)
      _ = ServerThread(server, over: end).wait()
    }
    #expect(throws: Judge.Failure.self) {
      try Judge.run([
        "openssl", "s_client", "-connect", "127.0.0.1:\(port)", "-alpn", "h2,ftp", "-ign_eof",
      ])
    }
  }

  @Test(.enabled(if: (try? Judge.python("import ssl")) != nil, "no python3 with ssl"))
  func `Python's ssl talks to our server and to our client`() throws {
    let (listening, port) = Sockets.listen()
    defer { close(listening) }
    let server = try certificates.server("good")
    Thread.detachNewThread {
      let end = accept(listening, nil, nil)
      _ = ServerThread(server, over: end) { try $0.send(String(try $0.receive().reversed())) }
        .wait()
    }
    let output = try Judge.python(
      """
      import socket, ssl, sys
      context = ssl.create_default_context(cafile=sys.argv[2])
      with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as plain:
          with context.wrap_socket(plain, server_hostname="localhost") as secure:
              secure.sendall(b"drawer")
              print(secure.recv(100).decode(), secure.version())
      """, ["\(port)", certificates.root])
    #expect(String(decoding: output, as: UTF8.self) == "reward TLSv1.3\n")

    let python = try LiveProcess([
      "python3", "-c",
      """
      import socket, ssl, sys
      context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
      context.load_cert_chain(sys.argv[1], sys.argv[2])
      listening = socket.create_server(("127.0.0.1", 0))
      print("port:%d" % listening.getsockname()[1], flush=True)
      plain, _ = listening.accept()
      with context.wrap_socket(plain, server_side=True) as secure:
          secure.sendall(secure.recv(100)[::-1])
      """, certificates.certificate("good"), certificates.key("good"),
    ])
    let end = try Sockets.connect(port: python.port)
    defer { close(end) }
    var connection = try TLSConnection(try certificates.client(), to: "localhost", over: end)
    _ = try connection.handshake()
    try connection.send("drawer")
    let answer = try connection.receive()
    #expect(answer == "reward")
  }
}
