internal import AdapterLoading
internal import Foundation
internal import Glibc

/// The adapter in one test: its worker, the peer that answers it, and what it lets out.
final class Subject {
  let bench: Bench
  let peer: ScriptedPeer
  let settings: SampleSettings
  let trial: AdapterTrial
  /// Where the files are that its settings name.
  let files: String
  private let printed: Int32

  init(
    _ bench: Bench, _ settings: SampleSettings, _ files: String, isInProcess: Bool = false
  ) throws {
    self.bench = bench
    self.settings = settings
    self.files = files
    let manifest = bench.folder.manifest
    let peer = ScriptedPeer(RequestRules(manifest, settings: settings.values))
    self.peer = peer
    printed = unsafe open("\(files)/printed", O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    var surroundings = AdapterTrial.Surroundings()
    surroundings.executablePath = bench.options.executablePath
    surroundings.output = printed
    surroundings.isInProcess = isInProcess
    surroundings.http = { call, deadline, cancel in peer.answer(call, by: deadline, cancel) }
    surroundings.connection = { call, deadline, cancel in
      peer.answer(call, by: deadline, cancel)
    }
    do throws(LoadError) {
      trial = try AdapterTrial(bench.folder, settings: settings.json, surroundings)
    } catch {
      close(printed)
      throw Verdict.skip("no worker could be started: \(error)", mend: "Give --settings F.")
    }
  }

  deinit { close(printed) }

  var description: AdapterDescription {
    get throws {
      guard let description = bench.survey.description else {
        throw Verdict.skip("it does not load: \(bench.survey.problem)")
      }
      return description
    }
  }

  /// Whether it asks for HTTP at all.
  var asksForHTTP: Bool { !bench.folder.manifest.permissions.http.isEmpty }

  /// Whether it asks for connections that are no HTTP.
  var asksForConnections: Bool { !bench.folder.manifest.permissions.network.isEmpty }
}

// MARK: - Calls

extension Subject {
  /// For calls that are to be quick.
  static let limit = Duration.seconds(10)

  /// Makes a call; a crash or a hang ends the test with that verdict.
  @discardableResult
  func run(
    _ step: TrialStep, instance: Int = 0, hasOwnThread: Bool = false, within limit: Duration = limit
  ) throws -> TrialAnswer {
    let answer: TrialAnswer
    do throws(TrialFailure) {
      answer = try trial.run(step, instance: instance, hasOwnThread: hasOwnThread, within: limit)
    } catch {
      throw Verdict(error, during: step.word)
    }
    if let breach = answer.breach { throw Verdict.fail("\(step.word): \(breach)", mend: "") }
    return answer
  }

  /// Maps the library and holds it against the contract.
  func load() throws {
    try run(.open)
    try run(.describe)
  }

  func create(_ instance: Int = 0) throws {
    let answer = try run(.create, instance: instance)
    guard answer.status == 0 else {
      throw Verdict.fail(
        "create failed (\(answer.status)): \(answer.problem)",
        mend: "create makes an instance and nothing else: no files, no network.")
    }
  }

  var configuring: TrialStep {
    .configure(settings: document(settings.json), secrets: secrets, later: 0)
  }

  /// Settings as a host hands them over: with the manifest's mapping, where it has one.
  func document(_ settings: [UInt8]) -> Data {
    Data(bench.folder.manifest.adapterSettings(settings))
  }

  /// Those that the manifest lets into the adapter.
  var secrets: [String: Data] {
    settings.secrets.filter { bench.folder.manifest.permissions.secrets.contains($0.key) }
      .mapValues { Data($0.utf8) }
  }

  /// `configure` and `start`; the test is skipped where the made-up settings do not suit.
  func configureAndStart(_ instance: Int = 0, hasOwnThread: Bool = false) throws {
    for step in [configuring, .start] {
      let answer = try run(step, instance: instance, hasOwnThread: hasOwnThread)
      guard answer.status == 0 else {
        throw Verdict.skip(
          "\(step.word) with made-up settings failed (\(answer.status)): \(answer.problem)",
          mend: "Give settings that suit: --settings F")
      }
    }
  }

  func begin(_ instance: Int = 0) throws {
    try create(instance)
    try configureAndStart(instance)
  }

  func end(_ instance: Int = 0) throws {
    try run(.stop(deadline: 5000), instance: instance)
    try run(.destroy, instance: instance)
  }

  /// Delivers, and holds what every delivery has to keep: an outcome for each event, nothing spoiled.
  @discardableResult
  func deliver(
    _ batch: TrialBatch, instance: Int = 0, hasOwnThread: Bool = false,
    within limit: Duration = limit
  ) throws -> TrialAnswer {
    let answer = try run(
      .deliver(batch), instance: instance, hasOwnThread: hasOwnThread, within: limit)
    if let first = answer.spoiled.first {
      throw Verdict.fail(
        "deliver wrote \(first).",
        mend:
          "Write results by result_stride, the fields you know and nothing else; write to no event."
      )
    }
    guard answer.results.allSatisfy({ (1...5).contains($0.outcome) }) else {
      let bad = answer.results.first { !(1...5).contains($0.outcome) }
      throw Verdict.fail(
        "deliver left an event with outcome \(bad?.outcome ?? 0).",
        mend: "Write an outcome for each event: DELIVERED, RETRY, REJECTED, AUTH or DUPLICATE.")
    }
    return answer
  }

  /// Some events of kinds that it serves, not more than one batch may have.
  func events(_ count: Int, more: [(String, String)] = []) throws -> [TrialBatch.Event] {
    let description = try description
    return SampleEvents.batch(
      min(count, description.maximumBatchEvents), servedBy: description.servedTypes, more: more)
  }
}

// MARK: - What it lets out

extension Subject {
  /// All that left it: requests, what went over connections, files that its settings name, what it printed with the permission to.
  var output: [UInt8] {
    var bytes: [UInt8] = []
    for request in peer.requests {
      bytes += Array(request.url.utf8) + request.headers.flatMap { Array($0.value.utf8) }
      bytes += request.body
    }
    return bytes + peer.writtenBytes + written
  }

  /// What is in its files.
  var written: [UInt8] {
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: files)) ?? []
    return names.flatMap { name in
      (try? Data(contentsOf: URL(fileURLWithPath: "\(files)/\(name)"))).map { Array($0) } ?? []
    }
  }

  /// Whether a file of its settings, or its output, is where events go.
  var isToldWhereToWrite: Bool {
    let permissions = bench.folder.manifest.permissions
    return !permissions.output.isEmpty
      || permissions.files.contains { $0.setting != nil && $0.access == .write && $0.when == nil }
  }

  /// The first text for people that holds the canary; nil where none does.
  func leak(in texts: [String]) -> String? {
    (texts + trial.lines).first { $0.contains(bench.canary) }
  }
}

extension TrialStep {
  /// The call's name, for people.
  var word: String {
    switch self {
    case .open: "the load (dlopen, constructors)"
    case .entry: "destination_adapter_entry"
    case .describe: "the table and the descriptor"
    case .askExtension: "extension"
    case .create: "create"
    case .configure: "configure"
    case .start: "start"
    case .deliver: "deliver"
    case .flush: "flush"
    case .cancel: "cancel"
    case .stop: "stop"
    case .destroy: "destroy"
    case .countDescriptors: "counting descriptors"
    }
  }
}
