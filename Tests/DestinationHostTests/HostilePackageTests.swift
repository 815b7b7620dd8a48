import AuditLog
import DestinationHost
import Eligibility
import Foundation
import Glibc
import Synchronization
import Testing
import Workbench
import Workspace

/// Libraries and packages that are not what they should be by the time a run wants to load them: each refused, each in
/// the log with its reason, and none of their code runs.
@Suite struct HostilePackageTests {
  private let host: TestHost
  private let file: String

  init() throws {
    host = try TestHost()
    file = try host.addFile("file")
  }

  private func run() throws -> DeliveryCounts {
    let summary = try host.run(TestHost.events(3), patience: .milliseconds(200))
    #expect(try host.lines(file).count == 3, "the other destination has its events")
    return try summary.counts(of: "bad")
  }

  /// Denied with this reason; whether it came as far as to a worker, which is recorded before.
  private func expectRefused(_ reason: String, loads: Int = 0) throws {
    #expect(try run().waiting == 3)
    let refusals = try host.records(.adapterRefused, of: "bad")
    #expect(refusals.map(\.outcome) == [.denied])
    let text = refusals.first?.entry.changes.first?.new ?? ""
    #expect(text.contains(reason), "\(text)")
    #expect(
      try host.records(.adapterLoaded, of: "bad").map(\.outcome)
        == Array(repeating: .intent, count: loads))
    #expect(try host.workspace.workerHistory(of: "bad").lastFailure?.reason == text)
  }

  /// The built library with some of its bytes changed.
  private func damaged(_ change: (inout [UInt8]) throws -> Void) throws -> String {
    let whole = URL(fileURLWithPath: Built.library("MisbehavingAdapter"))
    var bytes = [UInt8](try Data(contentsOf: whole))
    try change(&bytes)
    let path = host.folder + "/libMisbehavingAdapter.so"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    try setMode(0o700, of: path)
    return path
  }

  @Test func `a file that is no library`() throws {
    try host.addMisbehaving("bad", library: try damaged { $0[0] = 0 })
    try expectRefused("it is no shared library: the ELF magic is missing.")
  }

  @Test func `a library of another machine`() throws {
    try host.addMisbehaving("bad", library: try damaged { $0[18] = $0[18] == 62 ? 183 : 62 })
    try expectRefused("Build the adapter for this machine.")
  }

  @Test func `a program`() throws {
    try host.addMisbehaving("bad", library: try damaged { $0[16] = 2 })
    try expectRefused("its type (e_type) is 2, this host loads shared objects (3).")
  }

  @Test(arguments: [40, 100, 500, 4096, 9000])
  func `a library that is cut off`(length: Int) throws {
    try host.addMisbehaving("bad", library: try damaged { $0.removeLast($0.count - length) })
    try expectRefused("lies outside the file. Copy the library again")
  }

  @Test func `a segment that is writable and executable`() throws {
    let library = try damaged { bytes in
      let table = Int(bytes[32])
      let code = try #require(
        (0..<Int(bytes[56])).first {
          bytes[table + 56 * $0] == 1 && bytes[table + 56 * $0 + 4] & 1 == 1
        })
      bytes[table + 56 * code + 4] |= 2
    }
    try host.addMisbehaving("bad", library: library)
    try expectRefused("a segment of it is writable and executable.")
  }

  @Test(
    .enabled(if: TestHost.hasCompiler, "needs gcc"),
    arguments: [
      (["-Wl,-z,execstack"], "it asks for an executable stack (PT_GNU_STACK)."),
      (
        ["-Wl,-rpath,/tmp", "-Wl,--no-as-needed", "-lgcc_s"],
        "it has a search path (DT_RUNPATH) and needs \"libgcc_s.so.1\""
      ),
      (["-Wl,-rpath,/tmp", "-Wl,--disable-new-dtags"], "it has a search path (DT_RPATH)."),
      (
        ["-Wl,--no-as-needed", "-lresolv"],
        "it needs the library \"libresolv.so.2\", which is not among the approved ones."
      ),
      (["-Wl,--audit,/tmp/a.so"], "it has an audit library (DT_AUDIT)."),
      (["-Wl,-F,libz.so"], "it has a filter library (DT_FILTER)."),
    ])
  func `a library that asks its linker for more`(flags: [String], reason: String) throws {
    try host.addMisbehaving("bad", library: try host.compileMisbehaving(flags))
    try expectRefused(reason)
  }

  /// The table is looked at by the worker, so the load is in the log before.
  @Test(
    .enabled(if: TestHost.hasCompiler, "needs gcc"),
    arguments: [
      ("-DMAGIC=7", "its table's magic is 0x7, it must be 0x5450444154534544."),
      ("-DMAJOR=2", "its table's abi_major is 2, it must be 1."),
    ])
  func `a table that is none`(flag: String, reason: String) throws {
    try host.addMisbehaving("bad", library: try host.compileMisbehaving([flag]))
    try expectRefused(reason, loads: 1)
  }

  @Test func `a library that says it is something else`() throws {
    try host.addMisbehaving(
      "bad",
      manifest: { $0.replacing(#""version": "1.0.0""#, with: #""version": "1.0.1""#) })
    try expectRefused(
      "its note .note.destadapter says version \"1.0.0\", adapter.json says \"1.0.1\".")
  }

  @Test func `a package whose last day is over since it was installed`() throws {
    try host.addMisbehaving(
      "bad", manifest: { $0.replacing("{\n", with: "{\n  \"not_after\": \"2026-01-31\",\n") })
    try expectRefused("it is not to be used after 2026-01-31.")
  }

  @Test func `a product that was taken from the list since it was installed`() throws {
    try host.addMisbehaving("bad")
    try host.workspace.disallow(product: "org.sealpost.test.misbehaving")
    try expectRefused("org.sealpost.test.misbehaving")
    #expect(throws: WorkspaceError.self) { try host.workspace.enableDestination("bad") }
    #expect(throws: WorkspaceError.self) {
      try host.workspace.addDestination("again", adapter: "org.sealpost.test.misbehaving")
    }
  }

  @Test func `an unsigned package where signatures are required by now`() throws {
    try host.addMisbehaving("bad")
    try host.workspace.setAdapterSignatures(.required)
    _ = try host.run(TestHost.events(1))
    let refusals = try host.records(.adapterRefused, of: "bad")
    #expect(refusals.map(\.outcome) == [.denied])
    #expect(refusals[0].entry.changes[0].new.contains("it has no signature"))
  }

  /// Whoever can write the file swaps it all the time, between a right library and one that is not the installed one.
  @Test(.enabled(if: TestHost.hasCompiler, "needs gcc"))
  func `a library that is swapped while it is loaded is the installed one, or none`() throws {
    let other = try host.compileMisbehaving(["-DIN_CONSTRUCTOR=__builtin_trap()"])
    try host.addMisbehaving("bad")
    let adapter = try host.workspace.adapter("org.sealpost.test.misbehaving")
    let swapper = try Swapper(host.workspace.libraryPath(of: adapter), with: other)
    var runs = (delivered: 0, refused: 0)
    for _ in 0..<8 {
      try? FileManager.default.removeItem(atPath: file)
      let counts = try run()
      if counts.waiting == 0 { runs.delivered += 1 }
      if counts.waiting > 0 { runs.refused += 1 }
    }
    swapper.stop()
    #expect(runs.delivered + runs.refused == 8)
    let refusals = try host.records(.adapterRefused, of: "bad")
    #expect(refusals.count == runs.refused)
    #expect(refusals.allSatisfy { $0.entry.changes[0].new.contains("installed was") })
    let loads = try host.records(.adapterLoaded, of: "bad")
    #expect(loads.count { $0.outcome == .ok } == runs.delivered)
    #expect(!loads.contains { $0.outcome == .failed }, "the other library's constructor ran")
  }
}

/// Two files that take turns under one name, until it is stopped.
private final class Swapper: Sendable {
  private let isStopped = Mutex(false)
  private let done = DispatchSemaphore(value: 0)

  init(_ path: String, with other: String) throws {
    try FileManager.default.copyItem(atPath: path, toPath: path + ".right")
    try FileManager.default.copyItem(atPath: other, toPath: path + ".wrong")
    let thread = Thread { [self] in
      var turn = 0
      while !isStopped.withLock({ $0 }) {
        turn += 1
        let source = turn % 2 == 0 ? ".right" : ".wrong"
        unsafe unlink(path + ".next")
        unsafe link(path + source, path + ".next")
        unsafe rename(path + ".next", path)
        usleep(300)
      }
      done.signal()
    }
    thread.start()
  }

  func stop() {
    isStopped.withLock { $0 = true }
    done.wait()
  }
}
