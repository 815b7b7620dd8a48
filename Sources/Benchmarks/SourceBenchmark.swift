import Cryptography
import DestinationHost
import Foundation
import Glibc
import HTTPListener
import HTTPWire
import Synchronization
import TrackingAPI
import Workspace

/// Calls of the Tracking API from a load generator on the loopback, which shares the cores.
enum SourceBenchmark {
  private static let events = 100
  private static let connections = 2

  static func run() throws -> [Measurement] {
    signal(SIGPIPE, SIG_IGN)
    return try accepting() + durable()
  }

  // MARK: - Without a disk

  private static func accepting() throws -> [Measurement] {
    let requests = LoadRequests(calls: 200, events: events)
    let ours = try withSink { try best(of: 3, port: $0, requests, rounds: 5) }
    let note = "calls of \(events) events over \(connections) connections, each taken at once"
    let rate = Measurement("source", ours, "events/s", atLeast: 150_000, note: note)
    guard let node = try NodeServer() else { return [rate] }
    let theirs = try best(of: 3, port: node.port, requests, rounds: 5)
    return [
      rate,
      Measurement(
        "source-node-ratio", ours / theirs, "ratio",
        note: "Node's http and JSON.parse alone, not one stamp or key: \(Int(theirs)) events/s"),
    ]
  }

  private static func withSink<Value>(_ body: (UInt16) throws -> Value) throws -> Value {
    let api = TrackingAPI(
      source: { String($0) == LoadRequests.key ? "website" : nil },
      take: { $0.accept(rejections: []) })
    var limits = ListenerLimits()
    TrackingAPI.limit(&limits)
    let listener = try HTTPListener(
      on: ["127.0.0.1:0"].compactMap { ListenAddress($0) }, limits: limits, api.service)
    defer { listener.stop(by: .now) }
    return try body(listener.port)
  }

  private static func best(
    of runs: Int, port: UInt16, _ requests: LoadRequests, rounds: Int
  ) throws -> Double {
    let seconds = try Stopwatch.best(of: runs) {
      try send(requests.all, to: port, rounds: rounds)
    }
    return Double(requests.all.count * rounds * events) / seconds
  }

  /// Every connection sends its share, on a thread of its own.
  private static func send(_ requests: [[UInt8]], to port: UInt16, rounds: Int) throws {
    let failure = Mutex<(any Error)?>(nil)
    DispatchQueue.concurrentPerform(iterations: connections) { index in
      do {
        let connection = try LoadConnection(port: port)
        for _ in 0..<rounds {
          for place in stride(from: index, to: requests.count, by: connections) {
            try connection.call(requests[place])
          }
        }
      } catch {
        failure.withLock { $0 = error }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
  }

  // MARK: - Durable

  private static func durable() throws -> [Measurement] {
    let workspace = try BenchmarkWorkspace(fields: 0)
    let host = try ListeningRun(workspace)
    var best = 0.0
    for round in 0..<3 {
      let requests = LoadRequests(calls: 600, events: events, key: host.key, seed: round)
      let seconds = try Stopwatch.seconds { try send(requests.all, to: host.port, rounds: 1) }
      best = max(best, Double(requests.all.count * events) / seconds)
    }
    let latency = try latency(host, callsPerSecond: best / Double(events) / 2)
    let summary = try host.stop()
    precondition(summary.accepted > 180_000 && summary.rejected == 0, "all were accepted")
    return [
      Measurement(
        "source-durable", best, "events/s", atLeast: 80_000,
        note: "calls of \(events) events over \(connections) connections, answered when durable"),
      latency,
    ]
  }

  /// Single events on a connection of their own, one every 5 ms, while others send at half the best rate.
  private static func latency(
    _ host: ListeningRun, callsPerSecond: Double
  ) throws -> Measurement {
    let seconds = 5.0
    let load = LoadRequests(
      calls: Int(callsPerSecond * seconds * 1.2), events: events, key: host.key, seed: 7)
    let singles = LoadRequests(calls: 1_000, events: 1, key: host.key, seed: 8)
    let isOver = Mutex(false)
    let generator = DispatchQueue(label: "load")
    let port = host.port
    let done = DispatchSemaphore(value: 0)
    generator.async {
      let start = ContinuousClock.now
      let connection = try? LoadConnection(port: port)
      for (index, request) in load.all.enumerated() where !isOver.withLock({ $0 }) {
        let due = start.advanced(by: .seconds(Double(index) / callsPerSecond))
        sleep(until: due)
        try? connection?.call(request)
      }
      done.signal()
    }
    let times = try times(of: singles.all, port: port)
    isOver.withLock { $0 = true }
    done.wait()
    let p50 = times[times.count / 2]
    return Measurement(
      "source-latency", times[times.count * 99 / 100] * 1_000, "ms", atMost: 10,
      note: "p99 of \(times.count) calls with one event, durable, beside "
        + "\(Int(callsPerSecond * Double(events))) events/s; p50 \(String(format: "%.2f", p50 * 1_000)) ms"
    )
  }

  /// In order.
  private static func times(of requests: [[UInt8]], port: UInt16) throws -> [Double] {
    let connection = try LoadConnection(port: port)
    let start = ContinuousClock.now
    var times: [Double] = []
    for (index, request) in requests.enumerated() {
      sleep(until: start.advanced(by: .milliseconds(5 * index)))
      times.append(try Stopwatch.seconds { try connection.call(request) })
    }
    return times.sorted()
  }

  private static func sleep(until due: ContinuousClock.Instant) {
    let left = ContinuousClock.now.duration(to: due) / .seconds(1)
    if left > 0 { Thread.sleep(forTimeInterval: left) }
  }
}

extension HTTPListener {
  fileprivate var port: UInt16 {
    if case .tcp(_, let port) = addresses[0] { port } else { 0 }
  }
}

/// A host that takes calls on the loopback until it is stopped.
private final class ListeningRun {
  let key: String
  let port: UInt16
  private let state: State

  private final class State: Sendable {
    let isStopping = Mutex(false)
    let result = Mutex<Result<RunSummary, any Error>?>(nil)
    let port = Mutex<UInt16>(0)
    let listening = DispatchSemaphore(value: 0)
    let over = DispatchSemaphore(value: 0)
  }

  struct NotListening: Error {}

  init(_ workspace: BenchmarkWorkspace) throws {
    let made = try workspace.workspace.addSource("website")
    key = made.text.withBytes { bytes in
      unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0.dropLast(), as: UTF8.self) }
    }
    let state = State()
    var run = HostRun(
      input: nil, shouldStop: { state.isStopping.withLock { $0 } },
      report: { report in
        guard case .listening(let addresses, _) = report else { return }
        state.port.withLock {
          $0 = addresses[0].split(separator: ":").last.flatMap { UInt16($0) } ?? 0
        }
        state.listening.signal()
      })
    run.listen = HTTPSourceSettings(["127.0.0.1:0"].compactMap { ListenAddress($0) })
    let (settings, place) = (run, workspace.workspace)
    Thread.detachNewThread {
      let summary = Result { try DestinationHost.run(settings, on: place) }
      state.result.withLock { $0 = summary }
      state.listening.signal()
      state.over.signal()
    }
    state.listening.wait()
    port = state.port.withLock { $0 }
    guard port > 0 else { throw NotListening() }
    self.state = state
  }

  func stop() throws -> RunSummary {
    state.isStopping.withLock { $0 = true }
    state.over.wait()
    guard let result = state.result.withLock({ $0 }) else { throw NotListening() }
    return try result.get()
  }
}

/// A server in Node that reads a body, parses it as JSON and answers 200.
private final class NodeServer {
  private static let program = """
    const server = require("http").createServer((request, response) => {
      const parts = [];
      request.on("data", part => parts.push(part));
      request.on("end", () => {
        JSON.parse(Buffer.concat(parts).toString());
        response.setHeader("Content-Type", "application/json");
        response.end('{"success":true}');
      });
    });
    server.listen(0, "127.0.0.1", () => console.log(server.address().port));
    """
  let port: UInt16
  private let process = Process()

  /// Nil where there is no Node.
  init?() throws {
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["node", "-e", Self.program]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    guard let port = UInt16(line.trimmingCharacters(in: .newlines)) else {
      process.waitUntilExit()
      return nil
    }
    self.port = port
  }

  deinit {
    process.terminate()
    process.waitUntilExit()
  }
}
