import Cryptography
import Foundation
import Glibc
import Testing

@testable import HTTPListener
import HTTPWire
import Workbench

@Suite(.enabled(if: Judge.hasOpenSSL, "openssl makes the certificates"))
struct TLSTests {
  private static let last = "GET /z HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"

  @Test func `requests and answers go over TLS, whole or in pieces`() throws {
    let files = try Certificates.shared.get()
    let listener = try TestListener(certificate: files.pair("good"))
    let client = try TLSClient(listener.port, trusting: files.root)
    #expect(client.version == "TLSv1.3" && client.applicationProtocol == "http/1.1")
    let body = String(repeating: "x", count: 300_000)
    let head = "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
    try client.send(head + body + head + body + Self.last)
    let answers = try client.readToEnd()
    #expect(answers.statuses == [200, 200, 200])
    #expect(answers.utf8.count > 2 * body.utf8.count)
  }

  @Test func `requests that wait in one record are served as soon as there is room for them`()
    throws
  {
    let files = try Certificates.shared.get()
    let listener = try TestListener(
      certificate: files.pair("good"), limits: limited { $0.pipelined = 2 },
      handle: { request, exchange in
        DispatchQueue.global().asyncAfter(deadline: .now() + 0.01) {
          exchange.answer(TestListener.echo(request))
        }
      })
    let client = try TLSClient(listener.port, trusting: files.root)
    let padding = String(repeating: "p", count: 5_000)
    let get = "GET /a HTTP/1.1\r\nHost: h\r\nX: \(padding)\r\n\r\n"
    try client.send(String(repeating: get, count: 30) + Self.last)
    #expect(try client.readToEnd().statuses == Array(repeating: 200, count: 31))
  }

  @Test(arguments: [("-tls1_3", true), ("-tls1_2", true), ("-tls1_1", false)])
  func `TLS 1 2 and 1 3 are spoken, nothing older`(version: String, isSpoken: Bool) throws {
    let files = try Certificates.shared.get()
    let listener = try TestListener(certificate: files.pair("good"))
    let output = try conversation(
      [
        "openssl", "s_client", "-connect", "127.0.0.1:\(listener.port)", "-quiet", version,
        "-cipher", "ALL:@SECLEVEL=0", "-CAfile", files.root, "-verify_return_error",
      ], input: Self.last)
    #expect((output.status == 200) == isSpoken)
    #expect(eventually { listener.listener.counts.failedHandshakes == (isSpoken ? 0 : 1) })
  }

  @Test func `a certificate that is replaced is used from then on, a broken one is told`() throws {
    let files = try Certificates.shared.get()
    let folder = try Scratch()
    let served = CertificateFiles(
      certificatePath: folder.file("c.pem"), keyPath: folder.file("c.key"))
    try files.replace(served, by: "good")
    let listener = try TestListener(certificate: served)
    let before = try TLSClient(listener.port, trusting: files.root)
    try files.replace(served, by: "elsewhere")
    #expect(eventually { listener.told == [.certificateReloaded] })
    #expect(throws: TLSError.self) { try TLSClient(listener.port, trusting: files.root) }
    try Data("no certificate".utf8).write(to: URL(fileURLWithPath: served.certificatePath))
    #expect(eventually { listener.told.count == 2 })
    guard case .certificateUnusable(let reason) = listener.told[1] else {
      Issue.record("the broken certificate was not told")
      return
    }
    #expect(reason.contains(served.certificatePath))
    try files.replace(served, by: "good")
    #expect(eventually { listener.told.count == 3 })
    _ = try TLSClient(listener.port, trusting: files.root)
    // A connection goes on with the certificate that it began with.
    try before.send(Self.last)
    #expect(try before.readToEnd().status == 200)
  }

  @Test func `who does not speak TLS is dropped, and who never finishes the handshake`() throws {
    let files = try Certificates.shared.get()
    let listener = try TestListener(
      certificate: files.pair("good"), limits: limited { $0.handshakeTime = .milliseconds(100) })
    #expect(!(try listener.talk(Self.last)).contains("HTTP"))
    let silent = try listener.client()
    silent.send([0x16, 0x03])
    #expect(silent.isHungUp)
    #expect(eventually { listener.listener.counts.open == 0 })
    #expect(listener.listener.counts.failedHandshakes == 1 && listener.listener.counts.slow == 1)
  }

  @Test func `a Unix socket beside a TLS port is plain`() throws {
    let files = try Certificates.shared.get()
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("t-\(UUID()).sock")
      .path
    let listener = try TestListener(
      on: ["127.0.0.1:0", "unix:\(path)"], certificate: files.pair("good"))
    let client = try listener.client(1)
    client.send(Self.last)
    #expect(client.readToEnd().status == 200)
  }

  @Test func `a key of another certificate is refused at the start`() throws {
    let files = try Certificates.shared.get()
    let pair = CertificateFiles(
      certificatePath: files.pair("good").certificatePath, keyPath: files.pair("other").keyPath)
    #expect(throws: TLSError.keyOfAnotherCertificate(path: pair.keyPath)) {
      try TestListener(certificate: pair)
    }
  }
}
