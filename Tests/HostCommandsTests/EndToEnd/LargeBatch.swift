import AdapterLoading
import Foundation

@testable import DestinationHost
@testable import HostCommands
@testable import Workspace

/// A batch as large as an adapter takes, handed to a real worker: a run seldom makes one of that size.
enum LargeBatch {
  /// Events of about 20 KB each, a line feed behind every one.
  static func batch(bytes: Int) -> OutgoingBatch {
    let text = String(repeating: "x", count: 20_000)
    var ndjson: [UInt8] = []
    var events: [EventSlot] = []
    while ndjson.count < bytes {
      let id = "m\(events.count)"
      let front = #"{"messageId":""#
      let event =
        front + id + #"","type":"track","event":"e","userId":"u","properties":{"p":"\#(text)"}}"#
      events.append(
        EventSlot(
          offset: ndjson.count, length: event.utf8.count,
          idOffset: ndjson.count + front.utf8.count, idLength: id.utf8.count, type: 2, attempt: 1,
          receivedUnixNanoseconds: 1_795_609_800_000_000_000))
      ndjson += event.utf8
      ndjson.append(UInt8(ascii: "\n"))
    }
    return OutgoingBatch(batchID: 1, ndjson: ndjson, events: events)
  }

  /// The S3 adapter in its sandbox, started; requests go through the host's own egress, or to the given answers.
  static func worker(
    _ settings: String, _ answer: (@Sendable (HTTPCall) -> HTTPAnswer)? = nil
  ) throws -> SupervisedWorker {
    try PluginWorker.start(
      "AmazonS3Destination", settings,
      secrets: ["access_key_id": "testing-id", "secret_access_key": "hush-key"], answer)
  }
}

/// A worker with an adapter of this project, without a workspace around it.
enum PluginWorker {
  /// Started in its sandbox; requests go through the host's own egress, or to the given answers.
  static func start(
    _ library: String, _ settings: String, secrets: [String: String],
    _ answer: (@Sendable (HTTPCall) -> HTTPAnswer)? = nil
  ) throws -> SupervisedWorker {
    let path = Sealpost.products.appendingPathComponent("lib\(library).so").path
    let file = Clinic.root.appendingPathComponent("Plugins/\(library)/adapter.json")
    let manifest = try AdapterManifest(
      json: Array(try Data(contentsOf: file)), path: file.path)
    var configuration = WorkerConfiguration(
      libraryPath: path, expectedSHA256: try SealedLibrary(path: path).sha256, manifest: manifest,
      destinationID: "hook", settingsJSON: Array(settings.utf8), willLoad: { _ in },
      observe: { _ in })
    configuration.executablePath = Sealpost.executable
    configuration.secrets = secrets.mapValues { Array($0.utf8) }
    var destination = Destination(
      id: "hook", adapter: manifest.product, settings: [:], createdAt: "")
    destination.settings = [
      "host.allow_private_addresses": .bool(true), "host.allow_plain_http": .bool(true),
    ]
    if let answer {
      configuration.http = { call, _, _ in answer(call) }
    } else if let http = try DestinationHTTP(configuration, destination) {
      configuration.http = { http.answer($0, by: $1, worker: $2) }
    }
    let worker = SupervisedWorker(configuration)
    _ = try worker.start()
    return worker
  }
}
