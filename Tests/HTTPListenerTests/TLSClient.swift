import Cryptography
import Foundation
import Glibc

@testable import HTTPListener
import HTTPWire

/// A client of TLS that waits for each of its calls.
final class TLSClient {
  private let socket: RawClient
  private var connection: TLSConnection

  init(_ port: UInt16, trusting root: String) throws {
    guard let address = ListenAddress("127.0.0.1:\(port)") else { throw RawClient.Failed() }
    socket = try RawClient(address)
    connection = try TLSConnection(
      TLSClientContext(additionalTrust: root), to: "localhost", over: socket.descriptor)
    guard try connection.handshake() == .done(0) else { throw RawClient.Failed() }
  }

  var version: String { connection.version }
  var applicationProtocol: String? { connection.applicationProtocol }

  func send(_ text: String) throws {
    let bytes = Array(text.utf8)
    var sent = 0
    while sent < bytes.count {
      let rest = bytes[sent...]
      guard case .done(let count) = try unsafe connection.write(rest.span.bytes) else {
        throw RawClient.Failed()
      }
      sent += count
    }
  }

  func readToEnd() throws -> String {
    var all: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 16 << 10)
    while case .done(let count) = try connection.read(into: &piece) { all += piece[..<count] }
    return String(decoding: all, as: UTF8.self)
  }
}

/// The certificates of `Tests/Fixtures/Certificates/make.sh`, made once for this process by `openssl`.
struct TestCertificates {
  private static let made = Result { try make() }
  private let folder: String

  init() throws { folder = try Self.made.get() }

  private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../Fixtures").standardized

  static let hasOpenSSL = (try? run(["openssl", "version"], input: "")) != nil

  private static func make() throws -> String {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("sealpost-listener-\(getpid())").path
    try? FileManager.default.removeItem(atPath: folder)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let script = fixtures.appendingPathComponent("Certificates/make.sh").path
    _ = try run(["bash", script, folder], input: "")
    return folder
  }

  var root: String { folder + "/root.pem" }

  func pair(_ name: String) -> CertificateFiles {
    CertificateFiles(certificatePath: "\(folder)/\(name).pem", keyPath: "\(folder)/\(name).key")
  }

  /// Files of their own, which a test may change.
  func copy(_ name: String) throws -> CertificateFiles {
    let base = "\(folder)/\(UUID().uuidString)"
    let copy = CertificateFiles(certificatePath: "\(base).pem", keyPath: "\(base).key")
    try replace(copy, by: name)
    return copy
  }

  func replace(_ files: CertificateFiles, by name: String) throws {
    let new = pair(name)
    for (from, to) in [
      (new.keyPath, files.keyPath), (new.certificatePath, files.certificatePath),
    ] {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: from))
      _ = FileManager.default.createFile(
        atPath: to + ".new", contents: bytes, attributes: [.posixPermissions: 0o600])
      guard unsafe rename(to + ".new", to) == 0 else { throw RawClient.Failed() }
    }
  }

  func run(_ words: [String], input: String) throws -> String {
    try Self.run(words, input: input)
  }

  /// What it prints; the input ends when the output does.
  private static func run(_ words: [String], input: String) throws -> String {
    let process = Process()
    let (stdin, stdout) = (Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    process.standardInput = stdin
    process.standardOutput = stdout
    process.standardError = FileHandle.nullDevice
    try process.run()
    stdin.fileHandleForWriting.write(Data(input.utf8))
    let output = stdout.fileHandleForReading.readDataToEndOfFile()
    try stdin.fileHandleForWriting.close()
    process.waitUntilExit()
    return String(decoding: output, as: UTF8.self)
  }
}
