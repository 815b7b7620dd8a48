import Foundation
import Workbench

/// The frames of RFC 5425 and RFC 6587: a length, a space, a message.
struct SyslogFrames {
  let messages: [String]
  /// Whether the last frame was whole.
  let isWhole: Bool

  /// From the bytes as Latin-1, one character for each.
  init(_ text: String) {
    var messages: [String] = []
    var bytes = text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }[...]
    while let space = bytes.firstIndex(of: UInt8(ascii: " ")),
      let length = Int(String(decoding: bytes[..<space], as: UTF8.self)),
      bytes.endIndex - space > length
    {
      messages.append(String(decoding: bytes[space + 1..<space + 1 + length], as: UTF8.self))
      bytes = bytes[(space + 1 + length)...]
    }
    self.messages = messages
    isWhole = bytes.isEmpty
  }
}

/// One message of RFC 5424, taken apart; traps where it is none.
struct SyslogMessage {
  let priority: Int
  let time: String
  /// HOSTNAME, APP-NAME, PROCID, MSGID.
  let words: [String]
  let data: String
  let text: String

  init?(_ message: String) {
    let form =
      #/<(\d{1,3})>1 (\S+) (\S+) (\S+) (\S+) (\S+) (-|\[(?:[^"\\\]]|"(?:[^"\\\]]|\\.)*")*\])(?: (.*))?/#
      .dotMatchesNewlines()
    guard let found = try? form.wholeMatch(in: message), let priority = Int(found.1) else {
      return nil
    }
    self.priority = priority
    time = String(found.2)
    words = [found.3, found.4, found.5, found.6].map(String.init)
    data = String(found.7)
    text = found.8.map(String.init) ?? ""
  }

  var json: [String: Any] {
    (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any] ?? [:]
  }
}

/// `Tests/Fixtures/ConnectionPeer/peer.py` as a receiver of syslog messages.
struct SyslogPeer {
  private let process: PeerProcess

  struct Connection: Decodable {
    let connection: Int
    let ended: String
    let read: String

    var frames: SyslogFrames { SyslogFrames(read) }
  }

  /// `modes` are those of its connections.
  init(_ modes: String, isSecure: Bool = true) throws {
    process = try PeerProcess(
      "ConnectionPeer/peer.py", modes, certificate: isSecure ? "good" : nil)
  }

  var port: Int { Int(process.port) }

  /// The connections that have ended, once there are that many.
  func connections(_ count: Int) -> [Connection] { process.seen(atLeast: count) }
}

extension Clinic {
  /// Adds the destination `hook`, enabled, that sends to a receiver on this machine.
  func addSyslog(port: Int, root: String?, _ words: [String] = []) throws {
    try install("SyslogDestination", product: "org.sealpost.syslog")
    let trust = root.map { ["--set", "host.trusted_certificates=\($0)"] } ?? []
    let outcome = try sealpost(
      [
        "destination", "add", "hook", "--adapter", "org.sealpost.syslog", "--set",
        "address=localhost:\(port)", "--set", "host.allow_private_addresses=true",
      ] + trust + words)
    guard outcome.code == 0 else { throw Sealpost.Failure(outcome: outcome) }
    try done("destination", "enable", "hook")
  }
}
