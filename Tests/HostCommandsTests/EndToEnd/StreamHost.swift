import Foundation
import KafkaCluster
import Workbench

/// `sealpost run --stream` in a process of its own, until it is stopped.
final class StreamHost {
  private let process = Process()
  private let folder: Scratch

  init(
    _ clinic: Clinic, _ cluster: KafkaCluster, group: String = "g", _ more: [String] = []
  ) throws {
    folder = clinic.folder
    process.executableURL = URL(fileURLWithPath: Sealpost.executable)
    process.arguments =
      [
        "run", "--stream", cluster.address("events", group: group), "--stream-properties",
        "p.properties",
      ] + more
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    process.environment = [
      "PATH": "/usr/bin:/bin", "HOME": folder.path, "SEALPOST_LOG_FORMAT": "text",
    ]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = try FileHandle(
      forWritingTo: URL(fileURLWithPath: folder.write("err", "")))
    try process.run()
  }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  var errors: String { (try? folder.text("err")) ?? "" }

  /// Stops it as Ctrl-C does; gives its exit code.
  func stop(_ signal: Int32 = SIGINT) -> Int32 {
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    return process.terminationStatus
  }
}

extension Clinic {
  /// The file of the stream's properties: these, and that a broker that is back is found soon (by default in up to ten
  /// seconds).
  func writeProperties(_ text: String) throws {
    try folder.write("p.properties", "reconnect.backoff.max.ms=500\n" + text)
  }

  /// A workspace of its own, whose destination writes to `out.ndjson`, or sends to a peer that hosts may share.
  static func streaming(sendingTo peer: WebhookPeer? = nil) throws -> Clinic {
    let clinic = try Clinic()
    if let peer {
      try clinic.addHook(peer)
    } else {
      try clinic.addFile()
      try clinic.done("destination", "enable", "file")
    }
    try clinic.writeProperties(
      "session.timeout.ms=6000\nheartbeat.interval.ms=300\nmax.poll.interval.ms=60000\n")
    return clinic
  }

  /// The lines that `out.ndjson` has by now.
  var arrived: [String] {
    let text = (try? folder.text("out.ndjson")) ?? ""
    return text.split(separator: "\n").map(String.init)
  }
}
