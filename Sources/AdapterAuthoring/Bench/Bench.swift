internal import AdapterLoading
internal import Foundation
internal import Synchronization

/// What all tests of one adapter share: the folder, made-up settings, a place for files, and what a first look found.
struct Bench: Sendable {
  /// What a first worker told: whether the adapter loads at all, and as what.
  struct Survey: Sendable {
    var sandbox: String?
    var description: AdapterDescription?
    /// Why there is no description.
    var problem = ""
  }

  let path: String
  let folder: AdapterFolder
  let options: Validator.Options
  let survey: Survey
  let given: SampleSettings?
  /// In every made-up secret and in every sample event's marked value: no text of the adapter's may hold it.
  let canary: String
  private let scratch: String
  private let counter = Counter()

  private final class Counter: Sendable {
    private let next = Atomic<Int>(0)

    func take() -> Int { next.add(1, ordering: .relaxed).newValue }
  }

  init(_ path: String, _ options: Validator.Options) throws(AuthoringError) {
    self.path = path
    self.options = options
    canary = "canary-\(String(options.seed &* 0x9E37_79B9_7F4A_7C15 | 1 << 63, radix: 36))"
    do throws(LoadError) {
      folder = try AdapterFolder(folder: path)
    } catch {
      throw .unreadable("\(error)")
    }
    let base = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path
    scratch = "\(base)/sealpost-trial-\(UUID().uuidString)"
    survey = Bench.survey(folder, options)
    let schema = Bench.schema(survey, folder)
    given = try options.settings.map { (bytes) throws(AuthoringError) in
      try Bench.split(bytes, schema)
    }
  }

  /// The author's settings with the secrets taken out.
  private static func split(
    _ json: [UInt8], _ schema: SampleSchema?
  ) throws(AuthoringError) -> SampleSettings {
    guard case .object(let members)? = JSONDocument(text: String(decoding: json, as: UTF8.self))
    else {
      throw .badFile(
        path: "--settings", why: "it is not one JSON object",
        mend: #"Write the settings as {"url":"https://…"}, secrets among them."#)
    }
    var sample = SampleSettings(values: [:], secrets: [:])
    for (name, value) in members {
      if schema?.isSecret(name) == true, case .text(let secret) = value {
        sample.secrets[name] = secret
      } else {
        sample.values[name] = value
      }
    }
    return sample
  }

  private static func survey(_ folder: AdapterFolder, _ options: Validator.Options) -> Survey {
    var surroundings = AdapterTrial.Surroundings()
    surroundings.executablePath = options.executablePath
    do {
      let trial = try AdapterTrial(folder, settings: Array("{}".utf8), surroundings)
      var survey = Survey(sandbox: trial.sandbox.description)
      for step in [TrialStep.open, .describe] {
        let answer = try trial.run(step, within: .seconds(10))
        survey.problem = answer.breach ?? ""
        survey.description = answer.description
        if answer.breach != nil { break }
      }
      return survey
    } catch {
      return Survey(problem: "\(error)")
    }
  }

  // MARK: - For tests

  /// Its settings' schema: the library's, else the manifest's; nil where that is none.
  var schema: SampleSchema? { Bench.schema(survey, folder) }

  private static func schema(_ survey: Survey, _ folder: AdapterFolder) -> SampleSchema? {
    let manifest = folder.manifest.settingsSchema.map {
      String(decoding: SampleSettings.json($0), as: UTF8.self)
    }
    return SampleSchema(survey.description?.settingsSchema ?? manifest ?? "", folder.manifest)
  }

  /// A worker of its own, not loaded yet, with settings that suit.
  func subject(all: Bool = false, isInProcess: Bool = false) throws -> Subject {
    guard survey.description != nil else {
      throw Verdict.skip("it does not load: \(survey.problem)", mend: "Mend load.* first.")
    }
    let files = "\(scratch)/\(counter.take())"
    try FileManager.default.createDirectory(
      atPath: files, withIntermediateDirectories: true)
    var settings =
      schema?.sample(all: all, folder: files) { "\(canary)-\($0)" }
      ?? SampleSettings(values: [:], secrets: [:])
    if let given {
      settings.values.merge(given.values) { $1 }
      settings.secrets.merge(given.secrets) { $1 }
    }
    return try Subject(self, settings, files, isInProcess: isInProcess)
  }

  /// A worker for a look at the library alone.
  func bareTrial() throws -> AdapterTrial {
    var surroundings = AdapterTrial.Surroundings()
    surroundings.executablePath = options.executablePath
    do throws(LoadError) {
      return try AdapterTrial(folder, settings: Array("{}".utf8), surroundings)
    } catch {
      throw Verdict.skip("no worker could be started: \(error)")
    }
  }

  /// Removes what the adapter wrote.
  func cleanUp() { try? FileManager.default.removeItem(atPath: scratch) }
}
