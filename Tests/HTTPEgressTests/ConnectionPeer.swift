import Cryptography
import Foundation
import Glibc

@testable import HTTPEgress

/// `Tests/Fixtures/ConnectionPeer/peer.py`, the other side of connections that are no HTTP.
final class ConnectionPeer {
  let port: UInt16
  private let process = Process()
  private let log: String

  struct Ended: Decodable, Equatable {
    let connection: Int
    /// `goodbye` where the other side said that nothing more comes.
    let ended: String
    let read: String
  }

  init(_ modes: String, certificate: String? = nil) throws {
    log = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    _ = FileManager.default.createFile(atPath: log, contents: nil)
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Fixtures/ConnectionPeer/peer.py").standardized.path
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      ["python3", script, modes, log]
      + (try certificate.map { try Peer.Certificates.shared.get().pair($0) } ?? [])
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let line = output.fileHandleForReading.availableData
    port = UInt16(String(decoding: line, as: UTF8.self).filter(\.isNumber)) ?? 0
  }

  deinit {
    kill(process.processIdentifier, SIGKILL)
    try? FileManager.default.removeItem(atPath: log)
  }

  /// The connections that have ended, once there are that many; those that there are after some seconds.
  func ended(_ count: Int) -> [Ended] {
    for _ in 0..<300 {
      let found = now
      if found.count >= count { return found }
      Thread.sleep(forTimeInterval: 0.01)
    }
    return now
  }

  private var now: [Ended] {
    ((try? String(contentsOfFile: log, encoding: .utf8)) ?? "").split(separator: "\n")
      .compactMap { try? JSONDecoder().decode(Ended.self, from: Data($0.utf8)) }
  }

  /// What it takes to reach it, with TLS where it has it.
  func egress(_ change: (inout EgressRules) -> Void = { _ in }) throws -> ConnectionEgress {
    let names = ["127.0.0.1:\(port)", "localhost:\(port)"]
    var rules = EgressRules(hosts: Set(names.compactMap { EgressRules.Host(pair: $0) }))
    rules.allowsPrivateAddresses = true
    rules.allowsPlainConnections = true
    change(&rules)
    return try ConnectionEgress(rules)
  }

  func target(_ host: String = "localhost", isSecure: Bool = false) -> ConnectionTarget {
    ConnectionTarget(host: host, port: port, isSecure: isSecure)
  }
}

extension ContinuousClock.Instant {
  static func after(_ time: Duration) -> ContinuousClock.Instant { .now.advanced(by: time) }
}

/// Why it failed; nil when it did not.
func kind(_ body: () throws(EgressFailure) -> Void) -> EgressFailure.Kind? {
  do throws(EgressFailure) {
    try body()
    return nil
  } catch { return error.kind }
}
