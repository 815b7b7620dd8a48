import Cryptography
import Foundation
import Synchronization
import Testing
import Workbench

@testable import AdapterLoading

@Suite struct RefusalTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// Loads a library with the counting adapter's manifest; the error, and how often a load was announced.
  private func refusal(
    of path: String, installed: SHA256Digest? = nil, manifest: AdapterManifest? = nil
  ) throws -> (error: LoadError?, announced: Int) {
    let announced = Mutex(0)
    var configuration = WorkerConfiguration(
      libraryPath: path,
      expectedSHA256: try installed ?? (try? SealedLibrary(path: path).sha256) ?? digest(0),
      manifest: try manifest ?? Fixture.manifest("CountingAdapter"), destinationID: "test",
      settingsJSON: Array("{}".utf8), willLoad: { _ in announced.withLock { $0 += 1 } },
      observe: { _ in })
    configuration.executablePath = Fixture.sealpost
    do throws(LoadError) {
      _ = try SupervisedWorker(configuration).start()
      return (nil, announced.withLock { $0 })
    } catch {
      return (error, announced.withLock { $0 })
    }
  }

  private func digest(_ byte: UInt8) throws -> SHA256Digest {
    try #require(SHA256Digest(bytes: Array(repeating: byte, count: 32)))
  }

  /// A copy of the counting library, changed by `change`.
  private func copy(
    mode: Int = 0o600, _ change: (inout [UInt8]) -> Void = { _ in }
  ) throws -> String {
    var bytes = [UInt8](
      try Data(contentsOf: URL(fileURLWithPath: Fixture.library("CountingAdapter"))))
    change(&bytes)
    let path = try scratch.write("library.so", bytes, mode: mode)
    return path
  }

  @Test func `an unchanged copy loads, after it was announced`() throws {
    let result = try refusal(of: copy())
    #expect(result.error == nil)
    #expect(result.announced == 1)
  }

  @Test func `other bytes than the installed ones are refused before anything is announced`() throws
  {
    let path = try copy { $0.append(0) }
    let installed = try SealedLibrary(path: Fixture.library("CountingAdapter")).sha256
    let result = try refusal(of: path, installed: installed)
    let found = try SealedLibrary(path: path).sha256
    #expect(
      result.error?.description
        == "adapter not loaded: \(path) has the SHA-256 \(found.hex.prefix(16))…, installed was "
        + "\(installed.hex.prefix(16))…. If the change is yours, install the adapter again.")
    #expect(result.announced == 0)
  }

  @Test func `a load that cannot be audited does not happen`() throws {
    struct Full: Error {}
    let configuration = try Fixture.configuration("CountingAdapter") { _ in throw Full() }
    #expect(throws: LoadError.notAudited("Full()")) {
      _ = try SupervisedWorker(configuration).start()
    }
  }

  @Test(arguments: [0o620, 0o602, 0o666])
  func `a library that others can write is refused`(mode: Int) throws {
    let path = try copy(mode: mode)
    #expect(
      try refusal(of: path).error?.description
        == "adapter not loaded: \(path) can be written by its group or by others. Run: chmod go-w \(path)"
    )
  }

  @Test func `a link, a folder and a pipe are no libraries`() throws {
    let link = scratch.file("link.so")
    try FileManager.default.createSymbolicLink(
      atPath: link, withDestinationPath: Fixture.library("CountingAdapter"))
    #expect(try refusal(of: link).error == .notARegularFile(path: link))
    #expect(try refusal(of: scratch.path).error == .notARegularFile(path: scratch.path))
    let pipe = scratch.file("pipe")
    #expect(unsafe mkfifo(pipe, 0o600) == 0)
    #expect(try refusal(of: pipe).error == .notARegularFile(path: pipe))
  }

  @Test func `no such file is told with its path`() throws {
    #expect(
      try refusal(of: "/nowhere/lib.so").error?.description
        == "adapter not loaded: /nowhere/lib.so cannot be read: No such file or directory. "
        + "Check the path and its permissions.")
  }

  @Test func `a library for another machine is refused by name`() throws {
    let path = try copy { $0[18] = $0[18] == 62 ? 183 : 62 }
    let text = try #require(try refusal(of: path).error?.description)
    #expect(text.contains("its machine (e_machine) is "))
    #expect(text.contains("Build the adapter for this machine."))
  }

  @Test func `what is no library is refused`() throws {
    let text = scratch.file("text.so")
    try "not a library".write(toFile: text, atomically: true, encoding: .utf8)
    #expect(try refusal(of: text).error == .notLoadable(path: text, .notELF))
    let empty = scratch.file("empty.so")
    try Data().write(to: URL(fileURLWithPath: empty))
    #expect(try refusal(of: empty).error == .notLoadable(path: empty, .notELF))
  }

  @Test(arguments: [16, 63, 64, 200, 1000, 4096])
  func `a library that is cut off is refused`(length: Int) throws {
    let path = try copy { $0.removeLast($0.count - min(length, $0.count)) }
    let error = try #require(try refusal(of: path).error)
    guard case .notLoadable = error else {
      Issue.record("\(error)")
      return
    }
  }

  @Test func `a library whose manifest says something else is refused by the field`() throws {
    var manifest = try Fixture.manifest("CountingAdapter")
    manifest.displayName = "Other"
    #expect(
      try refusal(of: Fixture.library("CountingAdapter"), manifest: manifest).error?.description
        == "adapter not loaded: \"org.sealpost.test.counting\": its display_name is \"Counting (test)\" in "
        + "the library and \"Other\" in adapter.json. Make them equal.")
  }

  @Test func `a constructor that crashes costs its worker only`() throws {
    let configuration = try Fixture.configuration("ConstructorCrashAdapter")
    #expect {
      _ = try SupervisedWorker(configuration).start()
    } throws: { error in
      if case LoadError.workerEnded(_, "load", let how) = error {
        how.contains("signal")
      } else {
        false
      }
    }
  }

  @Test(arguments: [
    ("fail-configure", "configure", true), ("fail-start", "start", false),
    ("auth-on-start", "start", true),
  ])
  func `an adapter that cannot start says why`(behaviour: String, call: String, isPermanent: Bool)
    throws
  {
    #expect {
      _ = try SupervisedWorker(Fixture.misbehaving(behaviour)).start()
    } throws: { error in
      guard case LoadError.adapterFailed(_, call, let problem, isPermanent) = error else {
        return false
      }
      return !problem.isEmpty
    }
  }

  @Test func `a start that hangs is ended by a kill`() throws {
    var configuration = try Fixture.misbehaving("hang-on-start")
    configuration.startDeadline = .milliseconds(500)
    let product = configuration.manifest.product
    #expect(
      throws: LoadError.workerTooSlow(
        product: product, during: "start", after: .milliseconds(500))
    ) { _ = try SupervisedWorker(configuration).start() }
  }
}
