import Foundation
import Glibc

import HTTP2
@testable import HTTPEgress
import HTTPWire

/// `Tests/Fixtures/HTTPPeer/peer.py`, which answers as it is told and writes down what it was asked; or that of HTTP/2.
final class Peer {
  static let isThere = (try? run(["python3", "-c", "import ssl"])) != nil
  static let hasOpenSSL = (try? run(["openssl", "version"])) != nil

  /// The Python package h2, and the library that we speak with.
  static let hasHTTP2 =
    isThere && hasOpenSSL && (try? run(["python3", "-c", "import h2"])) != nil
    && (try? HTTP2Library.shared.get()) != nil

  let port: UInt16
  private let process = Process()
  private let folder: URL
  private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../Fixtures").standardized

  struct Request: Decodable {
    let method: String?
    let target: String
    let headers: [String: String]?
    let body: String?
    let connection: Int?
    // Of HTTP/2.
    let fields: [[String]]?
    let stream: Int?
    let code: Int?
    let most: Int?
    let version: String?
  }

  /// `certificate` is the name of one of ``Certificates``; `script` one of the fixtures.
  init(_ plan: String, certificate: String? = nil, script: String = "HTTPPeer/peer.py") throws {
    // As the host does: a server that hangs up is none of a process's end.
    signal(SIGPIPE, SIG_IGN)
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let log = folder.appendingPathComponent("log")
    _ = FileManager.default.createFile(atPath: log.path, contents: nil)
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      ["python3", Self.fixtures.appendingPathComponent(script).path, plan, log.path]
      + (try certificate.map { try Certificates.shared.get().pair($0) } ?? [])
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let line = output.fileHandleForReading.availableData
    port = UInt16(String(decoding: line, as: UTF8.self).filter(\.isNumber)) ?? 0
  }

  // Not waited for: `waitUntilExit` in a deinitializer comes back late or never.
  deinit {
    kill(process.processIdentifier, SIGKILL)
    try? FileManager.default.removeItem(at: folder)
  }

  /// What it was asked so far.
  var requests: [Request] {
    let text =
      (try? String(contentsOf: folder.appendingPathComponent("log"), encoding: .utf8)) ?? ""
    return text.split(separator: "\n").compactMap {
      try? JSONDecoder().decode(Request.self, from: Data($0.utf8))
    }
  }

  func url(_ path: String, scheme: String = "http", host: String = "127.0.0.1") -> String {
    "\(scheme)://\(host):\(port)\(path)"
  }

  /// What it takes to reach it.
  func rules(_ change: (inout EgressRules) -> Void = { _ in }) throws -> EgressRules {
    let names = ["127.0.0.1:\(port)", "localhost:\(port)"]
    var rules = EgressRules(hosts: Set(names.compactMap { EgressRules.Host($0) }))
    rules.allowsPrivateAddresses = true
    rules.allowsPlainHTTP = true
    change(&rules)
    return rules
  }

  /// The certificates of `Tests/Fixtures/Certificates/make.sh`, made once for this process.
  struct Certificates {
    static let shared = Result { try Certificates() }
    private let folder: String

    private init() throws {
      folder =
        FileManager.default.temporaryDirectory
        .appendingPathComponent("sealpost-egress-\(getpid())").path
      try? FileManager.default.removeItem(atPath: folder)
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try Peer.run([
        "bash", Peer.fixtures.appendingPathComponent("Certificates/make.sh").path, folder,
      ])
    }

    var root: String { folder + "/root.pem" }
    func pair(_ name: String) -> [String] { ["\(folder)/\(name).pem", "\(folder)/\(name).key"] }
  }

  struct Failed: Error {}

  static func run(_ words: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failed() }
  }
}

extension HTTPEgress {
  /// A request with a body, by a deadline from now.
  func post(
    _ url: String, _ body: String = "{}", fields: [HTTPField] = [], method: String = "POST",
    within time: Duration = .seconds(10)
  ) throws(EgressFailure) -> EgressResponse {
    try send(
      EgressRequest(method: method, url: url, fields: fields, body: Array(body.utf8)[...]),
      by: .now.advanced(by: time))
  }
}

/// What a failure was; nil when there was none.
func failure(
  _ body: () throws(EgressFailure) -> EgressResponse
) -> EgressFailure? {
  do {
    _ = try body()
    return nil
  } catch { return error }
}
