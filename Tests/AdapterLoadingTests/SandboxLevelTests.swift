import Foundation
import Glibc
import Testing

@testable import AdapterLoading

/// Workers on kernels that have less than this one: what still holds, and what each mode makes of it.
@Suite(
  .enabled(
    if: KernelSupport.here.landlock > 0 && KernelSupport.here.seccomp,
    "this kernel has no Landlock or no seccomp"))
struct SandboxLevelTests {
  /// What became of one attack on such a kernel, and what held the worker.
  private func attack(
    _ name: String, on target: String = "/etc/passwd", _ mode: SandboxMode, landlock: Int,
    seccomp: Bool
  ) throws -> (level: SandboxLevel, result: EventResult?) {
    var configuration = try Fixture.configuration(
      "HostileAdapter", settings: ["attack": name, "target": target])
    configuration.sandbox = mode
    configuration.kernel = KernelSupport(landlock: landlock, seccomp: seccomp)
    configuration.mostFailuresInARow = 1
    let worker = SupervisedWorker(configuration)
    _ = try worker.start()
    let level = try #require(worker.sandbox)
    var results: [EventResult] = []
    try? worker.deliver(Fixture.batch(1), into: &results)
    worker.stop()
    return (level, results.first)
  }

  private static let denied = EventResult(.rejected, detail: "denied: errno \(EACCES)")

  @Test(arguments: 1...KernelSupport.here.landlock)
  func `each version of Landlock closes the files`(version: Int) throws {
    let (level, result) = try attack("read", .required, landlock: version, seccomp: true)
    #expect(level.landlock == min(version, KernelSupport.here.landlock))
    #expect(level.isFull)
    #expect(result == Self.denied)
    #expect(
      try attack("list", on: "/etc", .required, landlock: version, seccomp: true).result
        == Self.denied)
  }

  @Test func `a kernel with more than this one changes nothing`() throws {
    let level = try attack("none", .required, landlock: 99, seccomp: true).level
    #expect(level.landlock == KernelSupport.here.landlock)
  }

  @Test(arguments: [
    (0, true, "Landlock: this kernel has none (Linux 5.13 and later)"),
    (6, false, "seccomp: no filter for this kernel or machine"),
    (
      0, false,
      "Landlock: this kernel has none (Linux 5.13 and later), seccomp: no filter for this kernel or machine"
    ),
  ])
  func `required loads nothing where a part is missing, and names it`(
    landlock: Int, seccomp: Bool, missing: String
  ) throws {
    var configuration = try Fixture.configuration(
      "CountingAdapter", willLoad: { _ in Issue.record("it came to the load") })
    configuration.kernel = KernelSupport(landlock: landlock, seccomp: seccomp)
    #expect {
      _ = try SupervisedWorker(configuration).start()
    } throws: { error in
      "\(error)"
        == "adapter not loaded: \"org.sealpost.test.counting\": its sandbox does not hold: \(missing). "
        + "Run on a kernel that has it, or accept less: sealpost workspace set sandbox best-effort"
    }
  }

  @Test func `best effort without Landlock opens files, and still no process is made`() throws {
    let read = try attack("read", .bestEffort, landlock: 0, seccomp: true)
    #expect(read.level.name == "partial")
    #expect(read.level.missing == [Sandbox.noLandlock])
    #expect(read.result?.outcome == .delivered)
    let fork = try attack("fork", .bestEffort, landlock: 0, seccomp: true)
    #expect(fork.result?.outcome != .delivered)
  }

  @Test func `best effort without seccomp lets processes be made, and still closes the files`()
    throws
  {
    let read = try attack("read", .bestEffort, landlock: 6, seccomp: false)
    #expect(read.level.missing == [Sandbox.noSeccomp])
    #expect(read.result == Self.denied)
    let fork = try attack("fork", .bestEffort, landlock: 6, seccomp: false)
    #expect(fork.result?.outcome == .delivered)
  }

  @Test func `best effort on a kernel with neither is called none, with both reasons`() throws {
    let level = try attack("none", .bestEffort, landlock: 0, seccomp: false).level
    #expect(
      level.description
        == "none: memory 512 MiB, own process, empty environment; missing: "
        + "\(Sandbox.noLandlock), \(Sandbox.noSeccomp)")
  }

  @Test func `turned off it is called none, whatever the kernel has`() throws {
    let level = try attack("none", .off, landlock: 6, seccomp: true).level
    #expect(level.missing == ["Landlock and seccomp: turned off"])
    #expect(level.name == "none")
  }

  @Test(arguments: SandboxMode.allCases)
  func `a trial gives the level of a worker and maps no byte of the library`(mode: SandboxMode)
    throws
  {
    // Its constructor would end the worker.
    var configuration = try Fixture.configuration(
      "ConstructorCrashAdapter", willLoad: { _ in Issue.record("it came to the load") })
    let path = scratchFile()
    configuration.manifest.permissions.files = [.init(path: path, access: .write)]
    configuration.sandbox = mode
    let library = try SealedLibrary(path: configuration.libraryPath)
    let level = try SandboxTrial.level(of: configuration, library)
    #expect(level.isFull == (mode != .off))
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  private func scratchFile() -> String {
    FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
  }
}
