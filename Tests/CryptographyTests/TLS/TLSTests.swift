import Foundation
import Testing
import Workbench

@testable import Cryptography

/// Our two sides against each other, over a pair of sockets.
@Suite(.enabled(if: Judge.hasOpenSSL, "openssl makes the certificates"))
struct TLSTests {
  private let certificates: Certificates

  init() throws { certificates = try Certificates.shared.get() }

  @Test(arguments: ["localhost", "127.0.0.1", "::1"])
  func `a host proves itself by name or address, and speaks TLS 1.3 and HTTP 1.1`(
    host: String
  ) throws {
    let (ours, theirs) = Sockets.pair()
    defer { close(ours) }
    let server = ServerThread(try certificates.server("good"), over: theirs) {
      try $0.send(try $0.receive().uppercased())
    }
    var connection = try TLSConnection(try certificates.client(), to: host, over: ours)
    let progress = try connection.handshake()
    #expect(progress == .done(0))
    let (version, chosen) = (connection.version, connection.applicationProtocol)
    #expect(version == "TLSv1.3")
    #expect(chosen == "http/1.1")
    try connection.send("hello")
    let answer = try connection.receive()
    #expect(answer == "HELLO")
    let end = try connection.receive()
    #expect(end.isEmpty)
    #expect(server.wait() == nil)
  }

  @Test(arguments: [
    ("expired", "certificate has expired"), ("early", "certificate is not yet valid"),
    ("elsewhere", "hostname mismatch"), ("partial", "hostname mismatch"),
    ("alone", "self-signed certificate"),
  ])
  func `a certificate that proves nothing is refused, with the reason`(
    name: String, reason: String
  ) throws {
    let (error, server) = try refusal(name, try certificates.client(), "localhost")
    guard case .certificateRefused(let said)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(said == reason)
    #expect(server is TLSError)
  }

  @Test func `a certificate for another address is refused`() throws {
    let (error, _) = try refusal("good", try certificates.client(), "127.0.0.2")
    #expect(error == .certificateRefused(reason: "IP address mismatch"))
  }

  @Test func `a root that the operator did not name is not trusted`() throws {
    let (error, _) = try refusal("good", try TLSClientContext(), "localhost")
    #expect(
      error == .certificateRefused(reason: "unable to get local issuer certificate"))
  }

  private func refusal(
    _ name: String, _ client: TLSClientContext, _ host: String
  ) throws -> (TLSError?, (any Error)?) {
    let (ours, theirs) = Sockets.pair()
    let server = ServerThread(try certificates.server(name), over: theirs) { _ = try $0.receive() }
    var failure: TLSError?
    do throws(TLSError) {
      var connection = try TLSConnection(client, to: host, over: ours)
      _ = try connection.handshake()
    } catch { failure = error }
    close(ours)
    return (failure, server.wait())
  }

  @Test func `a second connection goes on from the session of the first`() throws {
    let client = try certificates.client()
    let server = try certificates.server("good")
    var session: TLSSession?
    for isSecond in [false, true] {
      let (ours, theirs) = Sockets.pair()
      let thread = ServerThread(server, over: theirs) { try $0.send("welcome") }
      var connection = try TLSConnection(
        client, to: "localhost", resuming: session, over: ours)
      _ = try connection.handshake()
      _ = try connection.receive()
      let wasResumed = connection.wasResumed
      #expect(wasResumed == isSecond)
      session = connection.session
      #expect(session != nil)
      connection.close()
      close(ours)
      #expect(thread.wait() == nil)
    }
  }

  @Test func `a connection that is cut off is not taken for one that ended`() throws {
    let (ours, theirs) = Sockets.pair()
    let end = FileHandle(fileDescriptor: theirs, closeOnDealloc: false)
    let server = ServerThread(try certificates.server("good"), over: theirs) {
      try $0.send("half of it")
      shutdown(end.fileDescriptor, Int32(SHUT_RDWR))
    }
    var connection = try TLSConnection(try certificates.client(), to: "localhost", over: ours)
    _ = try connection.handshake()
    _ = try connection.receive()
    var failure: TLSError?
    do { _ = try connection.receive() } catch { failure = error as? TLSError }
    #expect(failure == .truncated)
    close(ours)
    _ = server.wait()
  }

  @Test func `a new certificate is taken on reload, and a broken one is not`() throws {
    let folder = try Scratch()
    let paths = ["pem", "key"].map { "\(folder.path)/server.\($0)" }
    func put(_ name: String) throws {
      for (path, source) in zip(
        paths, [certificates.certificate(name), certificates.key(name)])
      {
        try? FileManager.default.removeItem(atPath: path)
        try FileManager.default.copyItem(atPath: source, toPath: path)
      }
    }
    try put("elsewhere")
    let server = try TLSServerContext(certificatePath: paths[0], keyPath: paths[1])
    func reaches() throws -> Bool {
      let (ours, theirs) = Sockets.pair()
      defer { close(ours) }
      let thread = ServerThread(server, over: theirs)
      var connection = try TLSConnection(try certificates.client(), to: "localhost", over: ours)
      let isThere = (try? connection.handshake()) == .done(0)
      if !isThere { shutdown(ours, Int32(SHUT_RDWR)) }
      _ = thread.wait()
      return isThere
    }
    #expect(try !reaches())
    try put("good")
    try server.reload()
    #expect(try reaches())
    try FileManager.default.removeItem(atPath: paths[1])
    try FileManager.default.copyItem(atPath: certificates.key("other"), toPath: paths[1])
    #expect(throws: TLSError.keyOfAnotherCertificate(path: paths[1])) { try server.reload() }
    #expect(try reaches())
  }

  @Test func `on a socket that does not block each call says for what to wait`() throws {
    let (ours, theirs) = Sockets.pair()
    for end in [ours, theirs] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    defer {
      close(ours)
      close(theirs)
    }
    var client = try TLSConnection(try certificates.client(), to: "localhost", over: ours)
    var server = try TLSConnection(try certificates.server("good"), over: theirs)
    let first = try client.handshake()
    #expect(first == .wantsRead)
    for _ in 0..<4 {
      _ = try server.handshake()
      _ = try client.handshake()
    }
    var buffer = [UInt8](repeating: 0, count: 16)
    let nothing = try server.read(into: &buffer)
    #expect(nothing == .wantsRead)
    // A peer that does not read: the socket is full before these bytes are gone.
    let much = [UInt8](repeating: 7, count: 8 << 20)
    var sent = 0
    while case .done(let count) = try unsafe client.write(
      much.span.extracting(sent..<much.count).bytes)
    {
      sent += count
    }
    #expect(sent > 0 && sent < much.count)
    let full = try unsafe client.write(much.span.extracting(sent..<much.count).bytes)
    #expect(full == .wantsWrite)
  }

  @Test func `bytes that are not TLS end the handshake with a reason`() throws {
    for garbage in ["GET / HTTP/1.1\r\n\r\n", "\u{0}\u{1}\u{2}", "SSH-2.0-x\r\n"] {
      let (ours, theirs) = Sockets.pair()
      _ = unsafe garbage.withCString { unsafe send(theirs, $0, strlen($0) + 3, 0) }
      shutdown(theirs, Int32(SHUT_WR))
      var connection = try TLSConnection(try certificates.client(), to: "localhost", over: ours)
      var failure: TLSError?
      do { _ = try connection.handshake() } catch { failure = error }
      guard case .handshakeFailed? = failure else {
        Issue.record("\(String(describing: failure))")
        continue
      }
      close(ours)
      close(theirs)
    }
  }

  @Test func `files that are none are refused by name`() throws {
    let folder = try Scratch()
    let empty = try folder.write("empty.pem", "nothing", mode: 0o600)
    let open = try folder.write(
      "open.key", try String(contentsOfFile: certificates.key("good"), encoding: .utf8),
      mode: 0o644)
    let good = certificates.certificate("good")
    #expect(throws: TLSError.trustUnusable(path: empty)) {
      try TLSClientContext(additionalTrust: empty)
    }
    #expect(throws: TLSError.certificateUnusable(path: empty)) {
      try TLSServerContext(certificatePath: empty, keyPath: certificates.key("good"))
    }
    #expect(throws: TLSError.keyUnusable(path: empty, reason: "it is no private key in PEM.")) {
      try TLSServerContext(certificatePath: good, keyPath: empty)
    }
    #expect(throws: TLSError.keyUnusable(path: open, reason: "others may read it.")) {
      try TLSServerContext(certificatePath: good, keyPath: open)
    }
    #expect(throws: TLSError.keyOfAnotherCertificate(path: certificates.key("other"))) {
      try TLSServerContext(certificatePath: good, keyPath: certificates.key("other"))
    }
  }
}
