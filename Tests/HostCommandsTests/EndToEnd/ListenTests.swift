import Foundation
import Testing
import Workbench

/// Senders as they come: plain curl, and Segment's own library for Python.
@Suite(.enabled(if: Sealpost.isBuilt, "sealpost is not built"))
struct ListenTests {
  static let hasCurl = (try? Sealpost.run("curl", ["--version"]))?.code == 0
  private static let isNightly = ProcessInfo.processInfo.environment["SEALPOST_NIGHTLY"] != nil
  private static let judges = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../.build/judges/bin/python3").standardized.path

  /// A Python that has `segment-analytics-python`; nil for none.
  static let python = ["python3", judges].first {
    (try? Sealpost.run($0, ["-c", "import segment.analytics"]))?.code == 0
  }

  private let clinic: Clinic

  init() throws {
    clinic = try Clinic()
    try clinic.addFile()
    try clinic.done("destination", "enable", "file")
  }

  @Test(.enabled(if: hasCurl, "curl is not installed here"))
  func `curl sends over TLS, a Unix socket and plain, and everything arrives`() throws {
    let key = try clinic.addSource("website")
    try clinic.makeCertificate()
    let socket = clinic.folder.file("in.sock")
    let host = try ListeningHost(
      clinic, "127.0.0.1:0",
      [
        "--listen", "unix:\(socket)", "--listen", "[::1]:0", "--tls-certificate", "server.pem",
        "--tls-key", "server.key",
      ])
    #expect(host.urls.count == 3 && host.urls[0].hasPrefix("https://127.0.0.1:"))
    let event = #"{"userId":"u1","event":"Visited","messageId":"ID"}"#
    let ways = [
      [host.urls[0] + "/v1/track"], [host.urls[2] + "/v1/track"],
      ["--unix-socket", socket, "http://localhost/v1/track"],
    ]
    for (number, way) in ways.enumerated() {
      let answer = try Sealpost.run(
        "curl",
        [
          "-sS", "--cacert", "server.pem", "-u", "\(key):", "-d",
          event.replacingOccurrences(of: "ID", with: "m\(number)"),
        ] + way, in: clinic.folder.path)
      #expect(answer.output == #"{"success":true}"#, "\(answer.errors)")
    }
    #expect(host.stop() == 0, "\(host.said)")
    #expect(Set(try clinic.delivered().keys) == ["m0", "m1", "m2"])
    #expect(!host.said.contains(key))
  }

  @Test(.enabled(if: hasCurl, "curl is not installed here"))
  func `a listener that others can reach without TLS is warned of`() throws {
    let host = try ListeningHost(clinic, "0.0.0.0:0")
    #expect(host.said.contains("write keys and events can be read on their way"))
    #expect(host.stop() == 0)
  }

  @Test func `an address that is taken ends the run with its mend`() throws {
    let host = try ListeningHost(clinic)
    let other = try Clinic()
    try other.addFile()
    try other.done("destination", "enable", "file")
    let outcome = try other.sealpost(
      "run", "--listen", String(host.urls[0].dropFirst("http://".count)))
    #expect(outcome.code == 69 && outcome.errors.contains("Address already in use"))
    #expect(host.stop() == 0)
  }

  /// Sends one event of each kind; prints what it sent.
  private static let everyKind = """
    import json, sys, segment.analytics as analytics
    from segment.analytics.client import Client
    key, host, gzip = sys.argv[1:4]
    failed = []
    client = Client(key, host=host, gzip=gzip == "gzip", on_error=lambda e, i: failed.append(str(e)))
    context = {"app": {"name": "Ünïcode \\u2028"}}
    sent = []
    def add(result): sent.append(result[1])
    add(client.identify("u1", {"plan": "a"}, context=context))
    for n in range(250):
        add(client.track("u%d" % (n % 5), "Visited", {"n": n, "price": 12.5, "note": "x\\n\\"y\\""}))
    add(client.page("u1", "Docs", "Home", {"url": "https://example.com"}))
    add(client.screen("u1", "App", "Start", {"a": None}))
    add(client.group("u1", "g1", {"name": "G"}))
    add(client.alias("u0", "u1"))
    client.flush()
    client.join()
    assert not failed, failed
    print(json.dumps(sent, default=str))
    """

  @Test(
    .enabled(if: python != nil, "segment-analytics-python is not installed here"),
    arguments: ["plain", "gzip"])
  func `what Segment's library sends is what is delivered`(encoding: String) throws {
    let key = try clinic.addSource("website")
    let host = try ListeningHost(clinic)
    let client = try Sealpost.run(
      Self.python ?? "python3", ["-c", Self.everyKind, key, host.urls[0], encoding])
    #expect(client.code == 0, "\(client.errors)")
    let sent =
      try JSONSerialization.jsonObject(with: Data(client.output.utf8)) as? [[String: Any]] ?? []
    #expect(sent.count == 255)
    #expect(host.stop() == 0, "\(host.said)")
    let delivered = try clinic.delivered()
    #expect(delivered.count == sent.count)
    for event in sent {
      let other = delivered[event["messageId"] as? String ?? ""] ?? [:]
      #expect(isSame(event, other), "\(event)")
    }
  }

  /// Without what the source writes on an event.
  private func isSame(_ sent: [String: Any], _ delivered: [String: Any]) -> Bool {
    func rest(_ event: [String: Any]) -> NSDictionary {
      var event = event
      for key in ["receivedAt", "sentAt", "timestamp", "originalTimestamp", "writeKey"] {
        event[key] = nil
      }
      var context = event["context"] as? [String: Any] ?? [:]
      context["ip"] = nil
      event["context"] = context
      return event as NSDictionary
    }
    return rest(sent) == rest(delivered)
  }

  /// Sends batches until its input ends; prints the messageIds of each that the host said it had taken.
  private static let sender = """
    import sys, threading
    from segment.analytics.request import post
    key, host, name = sys.argv[1:4]
    over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    n = 0
    while not over.is_set():
        batch = [{"type": "track", "event": "V", "userId": "u%d" % (i % 5),
                  "messageId": "%s-%d" % (name, i)} for i in range(n, n + 20)]
        n += 20
        try:
            post(key, host, timeout=5, batch=batch)
            print(*(event["messageId"] for event in batch), sep="\\n", flush=True)
        except Exception:
            over.wait(0.02)
    """

  @Test(.enabled(if: python != nil, "segment-analytics-python is not installed here"))
  func `nothing that a sender was told is accepted is lost when the host is killed`() throws {
    let key = try clinic.addSource("website")
    let address = "127.0.0.1:\(ListeningHost.freePort())"
    let senders = try (0..<3).map { try Sender(Self.python ?? "", Self.sender, key, address, $0) }
    for _ in 0..<(Self.isNightly ? 100 : 6) {
      let host = try ListeningHost(clinic, address)
      usleep(.random(in: 100_000..<600_000))
      host.kill()
    }
    let last = try ListeningHost(clinic, address)
    usleep(300_000)
    let accepted = senders.flatMap { $0.end() }
    #expect(last.stop() == 0, "\(last.said)")
    #expect(accepted.count > 100)
    let delivered = try clinic.delivered()
    #expect(accepted.filter { delivered[$0] == nil }.isEmpty)
  }

  private final class Sender {
    private let process = Process()
    private let input = Pipe()
    private let file: Scratch

    init(_ python: String, _ script: String, _ key: String, _ address: String, _ number: Int) throws
    {
      file = try Scratch()
      try file.write("out", "")
      process.executableURL = URL(
        fileURLWithPath: python.hasPrefix("/") ? python : "/usr/bin/env")
      process.arguments =
        (python.hasPrefix("/") ? [] : [python])
        + ["-c", script, key, "http://\(address)", "s\(number)"]
      process.standardInput = input
      process.standardOutput = try FileHandle(
        forWritingTo: URL(fileURLWithPath: file.file("out")))
      process.standardError = FileHandle.nullDevice
      try process.run()
    }

    /// Ends it; the messageIds of what it was told is accepted.
    func end() -> [String] {
      try? input.fileHandleForWriting.close()
      process.waitUntilExit()
      let text = (try? String(contentsOfFile: file.file("out"), encoding: .utf8)) ?? ""
      return text.split(separator: "\n").map(String.init)
    }
  }
}

extension Clinic {
  /// A certificate for this machine's loopback, by openssl: `server.pem` and `server.key`.
  fileprivate func makeCertificate() throws {
    let made = try Sealpost.run(
      "openssl",
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
        "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,IP:::1", "-keyout",
        "server.key", "-out", "server.pem",
      ], in: folder.path)
    guard made.code == 0 else { throw Sealpost.Failure(outcome: made) }
    try setMode(0o600, of: folder.file("server.key"))
  }
}
