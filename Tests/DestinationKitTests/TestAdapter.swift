import DestinationKit
import Synchronization

/// An adapter whose `deliver` is what the test says.
final class TestAdapter: DestinationAdapter {
  struct Settings: Decodable, Sendable {
    struct Inner: Decodable, Sendable { let port: Int }

    let path: String
    var size: Int?
    var isOn: Bool?
    var ratio: Double?
    var names: [String]?
    var inner: Inner?
    var odd: Odd?
  }

  /// A value that says what it found when it cannot be decoded.
  struct Odd: Decodable, Sendable {
    init(from decoder: any Decoder) throws {
      let text = try decoder.singleValueContainer().decode(String.self)
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "found \(text)"))
    }
  }

  static let description = AdapterDescription(
    product: "org.example.test", version: "2.1.0", displayName: "Test \"ü\"",
    eventTypes: [.track, .page],
    settings: [
      Setting("path", .string(), isRequired: true, summary: "A file."),
      Setting("mode", .string(default: "a", oneOf: ["a", "b"]), summary: "How."),
      Setting("size", .integer(default: 1, minimum: 0, maximum: 9), summary: "How much."),
      Setting("on", .boolean(default: true), summary: "Whether."),
      Setting("names", .strings, summary: "Which."),
      Setting("token", .secret, isRequired: true, summary: "A secret."),
    ],
    maximumConcurrency: 4, maximumBatchEvents: 100, maximumBatchBytes: 1_000,
    maximumStringLength: 255, requiredHostFeatures: [.metrics])

  /// What an adapter does; one for each path in the settings, so that tests do not meet.
  struct Script: Sendable {
    var initialise: @Sendable (AdapterHost) throws -> Void = { _ in }
    var start: @Sendable () throws -> Void = {}
    var flush: @Sendable (Deadline) throws -> Void = { _ in }
    var cancel: @Sendable (CallToken) -> Void = { _ in }
    var stop: @Sendable (Deadline) -> Void = { _ in }
    var end: @Sendable () -> Void = {}
    var deliver: @Sendable (borrowing Batch) throws -> Outcomes = { _ in .all(.delivered) }
  }

  static let scripts = Mutex<[String: Script]>([:])

  private let script: Script

  init(settings: Settings, host: AdapterHost) throws {
    script = Self.scripts.withLock { $0[settings.path] ?? Script() }
    try script.initialise(host)
  }

  deinit { script.end() }

  func start() throws { try script.start() }
  func deliver(_ batch: borrowing Batch) throws -> Outcomes { try script.deliver(batch) }
  func flush(before deadline: Deadline) throws { try script.flush(deadline) }
  func cancel(_ call: CallToken) { script.cancel(call) }
  func stop(before deadline: Deadline) { script.stop(deadline) }
}
