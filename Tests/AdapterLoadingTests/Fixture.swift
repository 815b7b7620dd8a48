import Foundation
import Synchronization
import Testing
import Workbench

@testable import AdapterLoading

/// The adapters of `Tests/Fixtures`, as they were built beside these tests, and the executable that becomes a worker.
enum Fixture {
  static let sealpost = Built.sealpost

  static func library(_ name: String) -> String { Built.library(name) }

  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  static func manifest(_ name: String) throws -> AdapterManifest {
    let path = root.appendingPathComponent("Tests/Fixtures/\(name)/adapter.json").path
    return try AdapterManifest(
      json: Array(Data(contentsOf: URL(fileURLWithPath: path))), path: path)
  }

  /// A configuration with short deadlines, of an adapter of `Tests/Fixtures`.
  static func configuration(
    _ name: String, settings: [String: String] = [:], notices: Notices = Notices(),
    willLoad: @escaping @Sendable (LoadRecord) throws -> Void = { _ in }
  ) throws -> WorkerConfiguration {
    var configuration = try configuration(
      of: try manifest(name), at: library(name), notices: notices, willLoad: willLoad)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    configuration.settingsJSON = Array(try encoder.encode(settings))
    configuration.deliverDeadline = .milliseconds(600)
    configuration.grace = .milliseconds(400)
    return configuration
  }

  /// A configuration of any adapter, without settings, that starts it again at once; its worker is the built executable.
  static func configuration(
    of manifest: AdapterManifest, at library: String, notices: Notices,
    willLoad: @escaping @Sendable (LoadRecord) throws -> Void = { _ in }
  ) throws -> WorkerConfiguration {
    var configuration = WorkerConfiguration(
      libraryPath: library, expectedSHA256: try SealedLibrary(path: library).sha256,
      manifest: manifest, destinationID: "test", settingsJSON: Array("{}".utf8),
      willLoad: willLoad, observe: { notices.add($0) })
    configuration.executablePath = sealpost
    configuration.firstRestartDelay = .milliseconds(1)
    configuration.longestRestartDelay = .milliseconds(20)
    return configuration
  }

  static func misbehaving(
    _ behaviour: String, _ more: [String: String] = [:], notices: Notices = Notices()
  ) throws -> WorkerConfiguration {
    var settings = more
    settings["behaviour"] = behaviour
    return try configuration("MisbehavingAdapter", settings: settings, notices: notices)
  }

  /// Small events, as many as asked for, whose ids count from `id-0` up.
  static func batch(_ count: Int, batchID: UInt64 = 7) -> OutgoingBatch {
    batch(ids: (0..<count).map { "id-\($0)" }, batchID: batchID)
  }

  /// Small events with these ids.
  static func batch(ids: [String], batchID: UInt64 = 7) -> OutgoingBatch {
    var ndjson: [UInt8] = []
    var events: [EventSlot] = []
    for id in ids {
      let start = ndjson.count
      let head = #"{"type":"page","messageId":""#
      ndjson += Array("\(head)\(id)\",\"userId\":\"u\"}".utf8)
      events.append(
        EventSlot(
          offset: start, length: ndjson.count - start, idOffset: start + head.utf8.count,
          idLength: id.utf8.count, type: 3, attempt: 1, receivedUnixNanoseconds: 1))
      ndjson.append(UInt8(ascii: "\n"))
    }
    return OutgoingBatch(batchID: batchID, ndjson: ndjson, events: events)
  }
}

/// What a worker told.
final class Notices: Sendable {
  private let notices = Mutex<[WorkerNotice]>([])

  func add(_ notice: WorkerNotice) { notices.withLock { $0.append(notice) } }

  var all: [WorkerNotice] { notices.withLock { $0 } }

  var poisoned: [Int] {
    all.compactMap { if case .poisonEvent(_, let index) = $0 { index } else { nil } }
  }
}

extension SupervisedWorker {
  /// What became of a batch of one event.
  func deliverOne() throws -> EventResult {
    var results: [EventResult] = []
    try deliver(Fixture.batch(1), into: &results)
    return try #require(results.first)
  }
}
