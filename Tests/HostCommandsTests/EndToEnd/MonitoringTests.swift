import Foundation
import Testing
import Workbench

/// `run --metrics`: health, readiness and metrics of a host that runs.
@Suite(
  .enabled(if: Sealpost.isBuilt, "sealpost was not built beside the tests"),
  .enabled(if: Sealpost.hasPython, "python3 is absent"))
struct MonitoringTests {
  private static let hasParser =
    (try? Sealpost.run("python3", ["-c", "import prometheus_client.parser"]))?.code == 0

  private struct Answer {
    let status: Int
    let type: String
    let body: String

    var json: [String: Any] {
      (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any] ?? [:]
    }

    /// The names of the conditions that do not hold.
    var missing: [String] {
      (json["conditions"] as? [[String: Any]] ?? []).filter { $0["holds"] as? Bool == false }
        .compactMap { $0["name"] as? String }
    }
  }

  private func get(_ address: String, _ path: String, method: String = "GET") throws -> Answer {
    let program = """
      import http.client, sys
      connection = http.client.HTTPConnection(sys.argv[1], timeout=10)
      connection.request(sys.argv[3], sys.argv[2])
      answer = connection.getresponse()
      print(answer.status, answer.headers["Content-Type"])
      sys.stdout.flush()
      sys.stdout.buffer.write(answer.read())
      """
    let outcome = try Sealpost.run("python3", ["-c", program, address, path, method])
    let lines = outcome.output.split(
      separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
    let head = lines[0].split(separator: " ", maxSplits: 1)
    return Answer(
      status: try #require(Int(head.first ?? ""), "\(outcome.errors)"),
      type: head.count > 1 ? String(head[1]) : "", body: lines.count > 1 ? String(lines[1]) : "")
  }

  private func clinic() throws -> Clinic {
    let clinic = try Clinic()
    try clinic.addFile()
    try clinic.done("destination", "enable", "file")
    return clinic
  }

  private func started(_ clinic: Clinic) throws -> (RunningHost, String) {
    let host = try RunningHost(clinic, ["--metrics", "127.0.0.1:0"])
    return (host, try #require(try host.entry("ready")["metrics"] as? String))
  }

  @Test func `a host that runs is healthy, ready, and counts what it does`() throws {
    let (host, address) = try started(clinic())
    defer { host.end() }
    #expect(try get(address, "/healthz").status == 200)
    let ready = try host.eventually {
      let answer = try get(address, "/readyz")
      return answer.status == 200 ? answer : nil
    }
    #expect(ready != nil)
    try host.send(Clinic.events + "[]\n")
    let metrics = try #require(
      try host.eventually {
        let answer = try get(address, "/metrics")
        return answer.body.contains(
          "sealpost_destination_delivered_events_total{destination=\"file\"} 30")
          ? answer : nil
      })
    #expect(metrics.type == "text/plain; version=0.0.4; charset=utf-8")
    for line in [
      #"sealpost_source_accepted_events_total{source="default"} 30"#,
      #"sealpost_source_rejected_events_total{source="default",reason="not_an_object"} 1"#,
      #"sealpost_destination_state{destination="file",state="running"} 1"#,
      #"sealpost_queue_events{destination="file"} 0"#, "sealpost_ready 1",
      "sealpost_audit_log_sound 1",
    ] { #expect(metrics.body.contains(line + "\n"), "\(line)") }
    #expect(!metrics.body.contains("canary"))
  }

  @Test(.enabled(if: hasParser, "Python's prometheus_client is absent"))
  func `an independent parser takes the metrics, and every name keeps to the conventions`() throws {
    let clinic = try clinic()
    let (host, address) = try started(clinic)
    defer { host.end() }
    try host.send(Clinic.events)
    let program = """
      import re, sys
      from prometheus_client.parser import text_string_to_metric_families as parse
      families = list(parse(sys.stdin.read()))
      for family in families:
          assert re.fullmatch(r"(sealpost|process)(_[a-z]+)+", family.name), family.name
          assert family.documentation and not family.documentation.endswith("."), family.name
          for sample in family.samples:
              assert family.type != "counter" or sample.name.endswith("_total"), sample.name
              assert not re.search(r"milli|micro|_ms|_kb|_mb|minutes|hours", sample.name), sample.name
              assert set(sample.labels) <= {"source", "destination", "reason", "state", "form", "code", "le"}
      seen = [(s.name, tuple(sorted(s.labels.items()))) for f in families for s in f.samples]
      assert len(seen) == len(set(seen))
      print(len(families))
      """
    let text = try get(address, "/metrics").body
    let outcome = try Sealpost.run("python3", ["-c", program], input: text)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect((Int(outcome.output.dropLast()) ?? 0) > 20)
  }

  @Test(.enabled(if: ListenTests.hasCurl, "curl is not installed here"))
  func `a listener's connections and requests are counted`() throws {
    let host = try ListeningHost(clinic(), "127.0.0.1:0", ["--metrics", "127.0.0.1:0"])
    let address = try #require(host.said.firstMatch(of: #/metrics on ([0-9.:]+)/#)).1
    for _ in 0..<2 {
      _ = try Sealpost.run("curl", ["-sS", host.urls[0] + "/v1/track", "-d", "{}"])
    }
    let text = try get(String(address), "/metrics").body
    for line in [
      "sealpost_http_accepted_connections_total 2", "sealpost_http_requests_total 2",
      "sealpost_http_refused_connections_total 0", "sealpost_http_refused_requests_total 0",
    ] { #expect(text.contains(line + "\n"), "\(line)") }
    #expect(host.stop() == 0)
  }

  @Test func `a host is not ready while no destination runs, and says why`() throws {
    let clinic = try clinic()
    let (host, address) = try started(clinic)
    defer { host.end() }
    try clinic.done("products", "disallow", "org.sealpost.ndjson-file")
    let answer = try #require(
      try host.eventually {
        let answer = try get(address, "/readyz")
        return answer.missing == ["destinations"] ? answer : nil
      })
    #expect(answer.status == 503 && answer.type == "application/json")
    #expect(answer.body.contains("file: "))
    #expect(try get(address, "/healthz").status == 200)
  }

  @Test func `a host is not ready when its audit log was altered`() throws {
    let clinic = try clinic()
    let (host, address) = try started(clinic)
    defer { host.end() }
    let folder = clinic.folder.file("workspace/audit")
    let segment = try #require(
      try FileManager.default.contentsOfDirectory(atPath: folder).sorted().first {
        $0.hasSuffix(".jsonl") || $0.hasSuffix(".log")
      })
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(folder)/\(segment)"))
    try file.seekToEnd()
    try file.write(contentsOf: Data("{}\n".utf8))
    let answer = try host.eventually {
      let answer = try get(address, "/readyz")
      return answer.missing.contains("audit_log") ? answer : nil
    }
    #expect(answer?.status == 503)
  }

  @Test func `other paths and methods are refused, and nothing shows events`() throws {
    let (host, address) = try started(clinic())
    defer { host.end() }
    #expect(try get(address, "/").status == 404)
    #expect(try get(address, "/status").status == 404)
    #expect(try get(address, "/events?raw=1").status == 404)
    #expect(try get(address, "/metrics", method: "POST").status == 405)
    #expect(try get(address, "/metrics", method: "HEAD").body.isEmpty)
  }

  @Test func `an address that is taken or none ends the run before it begins`() throws {
    let clinic = try clinic()
    let (host, address) = try started(clinic)
    defer { host.end() }
    let other = try self.clinic()
    let taken = try other.sealpost("run", "--metrics", address)
    #expect(taken.code == 69)
    #expect(taken.errors.contains("Address already in use"))
    let none = try other.sealpost("run", "--metrics", "example.com:80")
    #expect(none.code == 2)
    #expect(none.errors.contains("is no address to listen on. Write it like 127.0.0.1:9464"))
  }

  @Test func `the metrics may be on a Unix socket`() throws {
    let clinic = try clinic()
    let path = "/tmp/sealpost-\(UUID().uuidString.prefix(8)).sock"
    let host = try RunningHost(clinic, ["--metrics", "unix:\(path)"])
    defer { host.end() }
    _ = try host.entry("ready")
    let program = """
      import socket, sys
      s = socket.socket(socket.AF_UNIX)
      s.connect(sys.argv[1])
      s.sendall(b"GET /healthz HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n")
      print(s.makefile().readline())
      """
    let outcome = try Sealpost.run("python3", ["-c", program, path])
    #expect(outcome.output.hasPrefix("HTTP/1.1 200"), "\(outcome.errors)")
  }
}
