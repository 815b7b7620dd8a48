package import AdapterLoading
internal import Foundation

/// Delivers an author's events through his adapter, and tells all that became of them.
package struct TryOut: Sendable {
  package struct Options: Sendable {
    /// A JSON object, secrets among them.
    package var settings: [UInt8]
    /// Events, one a line.
    package var events: [UInt8]
    /// What the scripted peer answers.
    package var peer: [PeerAnswer] = []
    /// Answers the requests as they were answered then, instead of the script.
    package var replay: Recording?
    /// In this process, without a sandbox: for a debugger.
    package var isInProcess = false
    /// Milliseconds that each batch may take.
    package var deadline: UInt64 = 30_000
    package var executablePath = "/proc/self/exe"

    package init(settings: [UInt8], events: [UInt8]) {
      self.settings = settings
      self.events = events
    }
  }

  /// What became of one event.
  package struct EventOutcome: Sendable {
    package let id: String
    /// As the header calls it: `DELIVERED` and so on.
    package let outcome: String
    package let remoteCode: Int
    package let retryAfterMilliseconds: Int
    package let isForWholeDestination: Bool
    package let detail: String?
  }

  package struct Batch: Sendable {
    package let milliseconds: Double
    package let events: [EventOutcome]
  }

  package struct Report: Sendable {
    package var product = ""
    package var sandbox = ""
    package var batches: [Batch] = []
    package var requests: [ScriptedPeer.Request] = []
    /// What it did with connections that are no HTTP.
    package var connectionUses: [ConnectionUse] = []
    /// What the adapter logged and printed.
    package var lines: [String] = []
    /// How the run ended before its end; nil when it did not.
    package var problem: String?
    /// Where the requests were others than in the recording.
    package var differences: [String] = []
  }

  private let bench: Bench
  private let options: Options

  package init(_ path: String, _ options: Options) throws(AuthoringError) {
    var shared = Validator.Options()
    shared.settings = options.settings
    shared.executablePath = options.executablePath
    bench = try Bench(path, shared)
    self.options = options
  }

  package func run() throws(AuthoringError) -> Report {
    let events = try TryOut.events(options.events)
    defer { bench.cleanUp() }
    var report = Report(product: bench.folder.manifest.product)
    do {
      let subject = try bench.subject(isInProcess: options.isInProcess)
      report.sandbox = subject.trial.sandbox.description
      subject.peer.play(options.replay.map(\.script) ?? options.peer)
      do {
        try deliver(events, subject, &report)
      } catch let verdict as Verdict {
        report.problem = TryOut.words(verdict)
      }
      report.requests = subject.peer.requests
      report.connectionUses = subject.peer.connectionUses
      report.lines = subject.trial.lines
    } catch let verdict as Verdict {
      report.problem = TryOut.words(verdict)
    } catch {
      report.problem = "\(error)"
    }
    report.differences = options.replay?.differences(from: report.requests) ?? []
    return report
  }

  private func deliver(
    _ events: [TrialBatch.Event], _ subject: Subject, _ report: inout Report
  ) throws {
    try subject.load()
    try subject.create()
    try subject.configureAndStart()
    let most = try subject.description.maximumBatchEvents
    for start in stride(from: 0, to: events.count, by: most) {
      let part = Array(events[start..<min(events.count, start + most)])
      var batch = TrialBatch(part)
      batch.deadline = options.deadline
      let answer = try subject.run(
        .deliver(batch), within: .milliseconds(Int64(options.deadline)) + .seconds(2))
      report.batches.append(
        Batch(
          milliseconds: answer.milliseconds,
          events: zip(part, answer.results).map { EventOutcome($0.0, $0.1) }))
    }
    let flushed = try subject.run(.flush(deadline: 5000))
    if flushed.status != 0 { report.problem = "flush failed: \(flushed.problem)" }
    try subject.end()
  }

  private static func words(_ verdict: Verdict) -> String {
    [verdict.seen, verdict.mend].filter { !$0.isEmpty }.joined(separator: " ")
  }

  private static func events(_ bytes: [UInt8]) throws(AuthoringError) -> [TrialBatch.Event] {
    var events: [TrialBatch.Event] = []
    for (number, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
      guard let head = try? JSONDecoder().decode(EventHead.self, from: Data(line)) else {
        throw .badFile(
          path: "--events", why: "line \(number + 1) is no event",
          mend: #"Write one JSON object a line, with "type" and "messageId"."#)
      }
      let type = SampleEvents.kinds.first { $0.name == head.type }?.type ?? 2
      events.append(.init(json: Data(line), id: head.messageId, type: type))
    }
    return events
  }

  private struct EventHead: Decodable {
    let type: String
    let messageId: String
  }
}

extension TryOut.EventOutcome {
  fileprivate init(_ event: TrialBatch.Event, _ result: TrialAnswer.Result) {
    id = event.id
    outcome = result.word
    remoteCode = Int(result.remoteCode)
    retryAfterMilliseconds = Int(result.retryAfterMilliseconds)
    isForWholeDestination = result.flags & 1 == 1
    detail = result.detail
  }
}
