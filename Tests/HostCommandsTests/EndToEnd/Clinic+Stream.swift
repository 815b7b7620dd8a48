import Foundation
import KafkaCluster
import Workbench

extension LiveSealpost {
  /// A host that reads the topic `events` as a member of a group.
  convenience init(
    _ clinic: Clinic, _ cluster: KafkaCluster, group: String = "g", _ more: [String] = []
  ) throws {
    try self.init(
      clinic,
      [
        "run", "--stream", cluster.address("events", group: group), "--stream-properties",
        "p.properties",
      ] + more, environment: ["SEALPOST_LOG_FORMAT": "text"])
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
