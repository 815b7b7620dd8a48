import Foundation
import Testing
import Workbench

@testable import HostCommands

/// Syslog messages over connections that the host makes: a scripted receiver takes them.
@Suite(
  .enabled(
    if: Sealpost.isBuilt && Sealpost.hasPython, "needs sealpost beside the tests, and python3"))
struct SyslogTests {
  private func clinic(_ peer: SyslogPeer, _ words: String...) throws -> Clinic {
    let clinic = try Clinic()
    try clinic.addSyslog(port: peer.port, root: Certificates.shared.get().root, words)
    return clinic
  }

  @Test func `each event is one message, framed by its length, over TLS and one connection`() throws
  {
    let peer = try SyslogPeer("sink")
    let clinic = try clinic(
      peer, "--set", "facility=audit", "--set", "severity=notice", "--set", "hostname=clinic",
      "--set", "app_name=crm", "--set", "structured_data_id=event@64512")
    let run = try clinic.deliver(VendorEvents.all())
    #expect(run.code == 0 && run.delivered == 6, "\(run.errors)")
    let connection = try #require(peer.connections(1).first)
    #expect(connection.ended == "goodbye", "the host says goodbye at its end")
    #expect(connection.frames.isWhole)
    let messages = try connection.frames.messages.map { try #require(SyslogMessage($0), "\($0)") }
    #expect(messages.map(\.priority) == Array(repeating: 13 * 8 + 5, count: 6))
    #expect(messages.allSatisfy { $0.time == "2025-11-25T12:30:00.123Z" })
    #expect(messages.allSatisfy { $0.words.prefix(3) == ["clinic", "crm", "-"] })
    #expect(
      messages.map { $0.words[3] } == ["identify", "track", "page", "screen", "group", "alias"])
    #expect(messages[1].data == #"[event@64512 messageId="m2" type="track"]"#)
    #expect(messages.map { $0.json["messageId"] as? String } == (1...6).map { "m\($0)" })
    #expect(messages[1].text.contains(#""revenue":120.50"#), "byte by byte")
    #expect(run.requests?["connections"] as? Int == 1)
    #expect(run.requests?["sent_bytes"] as? Int == connection.read.unicodeScalars.count)
  }

  @Test func `what is sealed arrives as it was sealed, and opens with the private key`() throws {
    let peer = try SyslogPeer("sink")
    let clinic = try clinic(peer)
    try clinic.sealEmail()
    #expect(try clinic.deliver().delivered == 30)
    let messages = try #require(peer.connections(1).first).frames.messages
      .compactMap { SyslogMessage($0)?.json }
    #expect(messages.count == 30)
    #expect(!"\(messages)".contains("canary"))
    let opened = try clinic.opened(messages)
    #expect((0..<30).allSatisfy { opened.contains("canary\($0)@example.com") })
  }

  @Test func `the audit log tells of the connection, once, and status counts it`() throws {
    let peer = try SyslogPeer("sink")
    let clinic = try clinic(peer, "--set", "confirm=true")
    #expect(try clinic.deliver().delivered == 30)
    let text = try clinic.done(
      "audit", "log", "--json", "--type", "Destination Adapter Connected"
    ).output
    let records = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
    #expect(records.count == 1, "\(text)")
    let changes = try #require(records.first?["changes"] as? [[String: Any]])
    #expect(
      changes.map { $0["new"] as? String } == ["localhost:\(peer.port)", "tls", "1"], "\(text)")
  }

  @Test func `a test of the destination shows what went over the connection`() throws {
    let peer = try SyslogPeer("sink")
    let clinic = try clinic(peer, "--set", "confirm=true")
    let shown = try clinic.done("destination", "test", "hook").output
    #expect(shown.contains("connect 1 localhost:\(peer.port), TLS: connected"), "\(shown)")
    #expect(shown.contains(#/\nwrite 1   \d+ bytes: done, /#))
    #expect(shown.contains("[sealpost@32473 messageId="))
    #expect(shown.contains("close 1   done") && shown.contains("outcome   delivered"))
    let json = try clinic.done("destination", "test", "hook", "--json").output
    let result = try #require(
      try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    let uses = try #require(result["connections"] as? [[String: Any]])
    #expect(uses.map { $0["call"] as? String } == ["open", "write", "close"])
    #expect(uses.first?["target"] as? String == "localhost:\(peer.port), TLS")
  }

  @Test func `with confirm each batch ends its connection, and the answer to that counts`() throws {
    let peer = try SyslogPeer("sink")
    let clinic = try clinic(peer, "--set", "confirm=true")
    let run = try clinic.deliver()
    #expect(run.code == 0 && run.delivered == 30, "\(run.errors)")
    let silent = try SyslogPeer("rude")
    let other = try self.clinic(
      silent, "--set", "confirm=true", "--set", "timeout_seconds=1")
    let trial = try other.sealpost("destination", "test", "hook")
    #expect(trial.code != 0)
    #expect(trial.output.contains("no answer came in time"), "\(trial.output)\(trial.errors)")
  }

  @Test func `a worker that is killed leaves no connection open, and the next one makes its own`()
    throws
  {
    let peer = try SyslogPeer("sink")
    let clinic = try clinic(peer)
    let host = try RunningHost(clinic, ["--log-format", "json", "--log-level", "debug"])
    try host.send(Clinic.events(1))
    _ = try host.entry("adapter_connected")
    let worker = try #require(
      try host.eventually {
        Self.child(of: host.pid)
      })
    kill(worker, SIGKILL)
    try host.send(Clinic.events.split(separator: "\n")[1...3].joined(separator: "\n") + "\n")
    let first = try #require(peer.connections(1).first)
    #expect(first.frames.isWhole && host.isRunning)
    #expect(host.end() == 0, "\(host.errors)")
    #expect(
      Set(peer.connections(2).flatMap(\.frames.messages).compactMap { SyslogMessage($0)?.data })
        .count == 4)
  }

  /// A worker's parent is one of the host's threads.
  private static func child(of host: Int) -> pid_t? {
    let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(host)/task")) ?? []
    return tasks.lazy.compactMap { task in
      (try? String(contentsOfFile: "/proc/\(host)/task/\(task)/children", encoding: .utf8))?
        .split(separator: " ").first.flatMap { pid_t($0) }
    }.first
  }

  @Test func `a receiver that hangs up in a batch gets the whole batch again`() throws {
    let peer = try SyslogPeer("half,sink")
    let clinic = try clinic(peer)
    let run = try clinic.deliver()
    #expect(run.code == 0 && run.delivered == 30, "\(run.errors)")
    let connections = peer.connections(2)
    #expect(connections.count == 2)
    let whole = try #require(connections.last).frames
    #expect(whole.isWhole && whole.messages.count == 30)
  }

  @Test func `a message that is too long is set aside and never cut, the others go`() throws {
    let peer = try SyslogPeer("sink")
    let clinic = try clinic(peer, "--set", "max_message_bytes=1000")
    let long = String(repeating: "x", count: 900)
    let events =
      Clinic.events(2)
      + #"{"type":"identify","userId":"u","messageId":"big","traits":{"p":"\#(long)"}}"#
      + "\n"
    let run = try clinic.deliver(events)
    #expect(run.delivered == 2 && run.dead == ["rejected_by_destination": 1], "\(run.errors)")
    #expect(
      try clinic.done("dead-letter", "list", "hook").output.contains("max_message_bytes is 1000"))
    #expect(peer.connections(1).first?.frames.messages.count == 2)
  }

  @Test func `hostile values stay inside their part of the message`() throws {
    let peer = try SyslogPeer("sink")
    let clinic = try clinic(peer)
    try clinic.folder.write(
      "mapping.json",
      #"{"track":{"time":{"@path":"$.timestamp"},"id":{"@path":"$.event"},"data":{"messageId":{"@path":"$.messageId"},"a=b":"no","n":{"@path":"$.properties.n"}},"message":{"@path":"$.properties.text"}}}"#
    )
    try clinic.done("destination", "set", "hook", "mapping=@mapping.json")
    let events =
      #"{"type":"track","event":"two words","messageId":"a\"]\\[x y=\"1","timestamp":"2025-11-25T12:30:00.1234567Z","userId":"u","properties":{"n":[1,"]"],"text":"one\ntwo 5 <1>1 é"}}"#
      + "\n"
      + #"{"type":"track","event":"ok","messageId":"b","timestamp":"2025-11-25T12:30:00Z","userId":"u","properties":{}}"#
      + "\n"
    #expect(try clinic.deliver(events).delivered == 2)
    let messages = try #require(peer.connections(1).first).frames.messages
    #expect(messages.count == 2)
    let first = try #require(SyslogMessage(messages[0]), "\(messages)")
    #expect(first.time == "2025-11-25T12:30:00.123456Z" || first.time.hasSuffix("Z"))
    #expect(first.words[3] == "-", "two words are no MSGID")
    #expect(
      first.data == #"[sealpost@32473 messageId="a\"\]\\[x y=\"1" n="[1,\"\]\"\]"]"#,
      "\(first.data)")
    #expect(first.text == "one\ntwo 5 <1>1 é")
    #expect(messages[1].hasSuffix(#" ok [sealpost@32473 messageId="b"]"#), "no MSG")
  }

  @Test func `without TLS it goes where both sides allow it, and nowhere else`() throws {
    let peer = try SyslogPeer("sink", isSecure: false)
    let clinic = try Clinic()
    try clinic.addSyslog(port: peer.port, root: nil, ["--set", "transport=tcp"])
    let refused = try clinic.sealpost(["run", "--json"], input: Clinic.events(1))
    #expect(
      refused.errors.contains("a connection without TLS is not allowed here"), "\(refused.errors)")
    try clinic.done("destination", "set", "hook", "host.allow_plain_connections=true")
    // The one that was refused waits in the queue.
    #expect(try clinic.deliver(Clinic.events(3)).delivered == 3)
    let frames = try #require(peer.connections(1).first).frames
    #expect(frames.isWhole && frames.messages.count == 3)
    let log = try clinic.done("audit", "log", "--json").output
    #expect(log.contains(#""connection_refused""#) && log.contains(#""none""#), "\(log)")
  }

  @Test(arguments: [
    ("address=localhost", "it is not host:port"), ("address=localhost:0", "it is not host:port"),
    ("address=:514", "it is not host:port"), ("app_name=two words", "printable ASCII"),
    ("structured_data_id=plain", "it is not NAME@NUMBER"),
    ("structured_data_id=a]@1", "it is not NAME@NUMBER"),
  ])
  func `a setting that cannot be is told before anything is sent`(
    setting: String, text: String
  ) throws {
    let clinic = try Clinic()
    try clinic.addSyslog(port: 6514, root: nil)
    _ = try clinic.sealpost(["destination", "set", "hook", setting])
    let run = try clinic.sealpost(["run"], input: Clinic.events(1))
    #expect(run.errors.contains(text), "\(run.errors)")
  }

  @Test func `a receiver that does not prove its name gets nothing`() throws {
    let peer = try SyslogPeer("sink")
    let clinic = try Clinic()
    try clinic.addSyslog(port: peer.port, root: nil)
    let trial = try clinic.sealpost("destination", "test", "hook")
    #expect(trial.code != 0)
    #expect(
      trial.output.contains("the other side's certificate"), "\(trial.output)\(trial.errors)")
    #expect(peer.connections(1).allSatisfy { $0.read.isEmpty })
  }
}

/// The same with a receiver that others run.
@Suite(
  .enabled(
    if: Sealpost.isBuilt && Sealpost.hasPython && Rsyslog.isThere,
    "needs sealpost beside the tests, python3, and rsyslogd with rsyslog-openssl"))
struct RsyslogTests {
  @Test(arguments: [true, false])
  func `rsyslog takes every message, part by part, and sealed fields byte by byte`(
    isSecure: Bool
  ) throws {
    let receiver = try Rsyslog(isSecure: isSecure)
    let clinic = try Clinic()
    let plain = ["--set", "transport=tcp", "--set", "host.allow_plain_connections=true"]
    try clinic.addSyslog(
      port: receiver.port, root: Certificates.shared.get().root,
      ["--set", "confirm=true"] + (isSecure ? [] : plain))
    try clinic.sealEmail()
    let run = try clinic.deliver(
      Clinic.events + VendorEvents.all().replacing(#""messageId":"m"#, with: #""messageId":"v"#))
    #expect(run.code == 0 && run.delivered == 36, "\(run.errors)")
    let messages = try receiver.messages(36)
    #expect(messages.count == 36)
    let track = try #require(messages.first { $0.id == "track" })
    #expect(track.facility == "local0" && track.severity == "info")
    #expect(track.app == "sealpost" && track.time == "2025-11-25T12:30:00.123Z")
    #expect(track.data == #"[sealpost@32473 messageId="v2" type="track"]"#)
    let events = messages.compactMap {
      (try? JSONSerialization.jsonObject(with: Data($0.text.utf8))) as? [String: Any]
    }
    #expect(events.count == 36)
    #expect(!messages.contains { $0.text.contains("canary") })
    let opened = try clinic.opened(events)
    #expect((0..<30).allSatisfy { opened.contains("canary\($0)@example.com") })
  }

  @Test func `the goodbye at the host's end is answered: rsyslog has read everything by then`()
    throws
  {
    let receiver = try Rsyslog(isSecure: true)
    let clinic = try Clinic()
    try clinic.addSyslog(port: receiver.port, root: Certificates.shared.get().root)
    let run = try clinic.deliver()
    #expect(run.code == 0 && run.delivered == 30, "\(run.errors)")
    #expect(!run.errors.contains("did not say whether it has read everything"), "\(run.errors)")
    #expect(Set(try receiver.messages(30).map(\.data)).count == 30)
  }
}
