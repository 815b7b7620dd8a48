internal import Foundation

/// A `peer.py` of `Tests/Fixtures`, the other side of connections: does as it is told, and writes down what it saw.
package final class PeerProcess {
  /// Of this machine, where it listens.
  package let port: UInt16
  private let process = Process()
  private let folder: Scratch

  /// `script` stands in `Tests/Fixtures`; `certificate` is the name of one of ``Certificates``, with which it speaks TLS.
  package init(_ script: String, _ plan: String, certificate: String? = nil) throws {
    folder = try Scratch()
    let log = try folder.write("log", "")
    let pair = try certificate.map { name in
      let made = try Certificates.shared.get()
      return [made.certificate(name), made.key(name)]
    }
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      ["python3", URL.fixtures.appendingPathComponent(script).path, plan, log] + (pair ?? [])
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let line = output.fileHandleForReading.availableData
    port = UInt16(String(decoding: line, as: UTF8.self).filter(\.isNumber)) ?? 0
  }

  // Not waited for: `waitUntilExit` in a deinitializer comes back late or never.
  deinit { kill(process.processIdentifier, SIGKILL) }

  /// What it wrote down so far, one JSON object a line.
  package func seen<Line: Decodable>() -> [Line] {
    let text = (try? folder.text("log")) ?? ""
    return text.split(separator: "\n").compactMap {
      try? JSONDecoder().decode(Line.self, from: Data($0.utf8))
    }
  }

  /// What it wrote down, once there is so much; what there is after some seconds.
  package func seen<Line: Decodable>(atLeast count: Int) -> [Line] {
    for _ in 0..<1_000 {
      let lines: [Line] = seen()
      if lines.count >= count { return lines }
      Thread.sleep(forTimeInterval: 0.01)
    }
    return seen()
  }
}
