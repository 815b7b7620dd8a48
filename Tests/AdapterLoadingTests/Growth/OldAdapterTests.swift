import Cryptography
import Foundation
import Testing
import Workbench

@testable import AdapterLoading

/// An adapter that was built with the header of ABI 1.0 and checked in as a binary: every later host has to load it.
@Suite struct OldAdapterTests {
  static let folder = Fixture.root.appendingPathComponent("Tests/Fixtures/ABI-1.0").path
  static let library = folder + "/libEverything.so"

  #if arch(x86_64)
    static let isItsMachine = true
  #else
    static let isItsMachine = false
  #endif

  static func manifest() throws -> AdapterManifest {
    let path = folder + "/adapter.json"
    return try AdapterManifest(
      json: Array(Data(contentsOf: URL(fileURLWithPath: path))), path: path)
  }

  private static func bytes() throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: library)))
  }

  @Test func `the binary is the one that was built then, and says what its manifest says`() throws {
    let bytes = try Self.bytes()
    let manifest = try Self.manifest()
    #expect(SHA256.hash(bytes).hex == manifest.sha256)
    #expect(bytes.count == manifest.size)
    let note = try #require(try unsafe AdapterNote(in: bytes.span.bytes))
    #expect(note.difference(from: manifest) == nil)
    #expect(note.abiMinorRequired == 0)
  }

  @Test func `the binary keeps today's rules for a library`() throws {
    var rules = ELFRules.standard
    rules.machine = 62
    let bytes = try Self.bytes()
    try unsafe rules.check(bytes.span.bytes)
  }

  @Test(.enabled(if: isItsMachine, "the checked-in binary is for x86-64"))
  func `today's host runs the binary of 1.0, with every service and outcome`() throws {
    // A checkout may leave the file writable by its group, which no host takes.
    let scratch = try Scratch()
    let path = try scratch.write("libEverything.so", Self.bytes(), mode: 0o700)
    try run(path)
  }

  @Test(.enabled(if: CCompiler.isPossible, "needs gcc"))
  func `the same source, built with today's header, does the same`() throws {
    let scratch = try Scratch()
    let path = scratch.file("libEverything.so")
    // From a place beside which the header of 1.0 does not stand.
    let source = scratch.file("Everything.c")
    try FileManager.default.copyItem(atPath: Self.folder + "/Everything.c", toPath: source)
    try CCompiler.adapter(source, to: path)
    try run(path, minor: 1)
  }

  /// `minor` is that of the header it was built with.
  private func run(_ library: String, minor: UInt32 = 0) throws {
    let notices = Notices()
    var manifest = try Self.manifest()
    manifest.abi.minor = minor
    var configuration = try Fixture.configuration(of: manifest, at: library, notices: notices)
    configuration.deliverDeadline = .milliseconds(500)
    configuration.secrets = ["token": [1, 2, 3], "not-named": [4]]
    let worker = SupervisedWorker(configuration)
    #expect(try worker.start().maximumStringLength == 4096)
    var results: [EventResult] = []
    let words = ["delivered", "retry", "rejected", "auth", "duplicate", "unset", "secret"]
    try worker.deliver(Fixture.batch(ids: words.map { "id-\($0)" }), into: &results)
    #expect(
      results == [
        EventResult(.delivered), EventResult(.retry, remoteCode: 503, retryAfterMilliseconds: 20),
        EventResult(.rejected, remoteCode: 422, detail: "as its id asks"),
        EventResult(.auth, remoteCode: 401), EventResult(.duplicate), EventResult(.unset),
        // Its secret was there (0), one that the manifest does not name was not (7).
        EventResult(.delivered, remoteCode: 7),
      ])
    try worker.deliver(Fixture.batch(ids: ["id-cancelled"]), into: &results)
    #expect(
      results == [EventResult(.retry, retryAfterMilliseconds: 7, wholeDestination: true)])
    #expect(try worker.flush() == nil)
    worker.stop()
    #expect(worker.restarts == 0)
    #expect(notices.all.contains(.log(level: 2, text: "an adapter of ABI 1.0 is running")))
  }
}
