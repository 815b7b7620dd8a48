import AdapterLoading
import AuditLog
import DestinationHost
import Foundation
import Glibc
import Testing
import Workspace

/// An adapter that attacks its host: what it tries fails, another destination notices nothing, and the log knows.
@Suite(
  .enabled(
    if: KernelSupport.here.landlock > 0 && KernelSupport.here.seccomp,
    "this kernel has no Landlock or no seccomp"))
struct HostileAdapterTests {
  private let host: TestHost
  private let file: String

  init() throws {
    host = try TestHost()
    file = try host.addFile("file")
  }

  /// Adds the adapter with this one attack and runs both destinations; what became of the hostile one's events.
  private func attack(_ name: String, on target: String = "") throws -> DeliveryCounts {
    try host.addHostile("hostile", attack: name, target: target)
    let summary = try host.run(TestHost.events(3), patience: .milliseconds(200))
    #expect(try host.lines(file).count == 3, "the other destination has its events")
    return try summary.counts(of: "hostile")
  }

  private func records(_ type: AuditEventType) throws -> [AuditRecord] {
    try host.workspace.audit.records(matching: AuditQuery(type: type, object: "worker/hostile"))
  }

  private func expectFullSandbox() throws {
    let loads = try records(.adapterLoaded).filter { $0.outcome == .intent }
    #expect(!loads.isEmpty)
    for load in loads {
      let sandbox = load.entry.changes.first { $0.setting == "sandbox" }
      #expect(sandbox?.new.hasPrefix("full: Landlock ") == true)
    }
  }

  @Test func `without an attack it delivers, and a thread that it leaves behind ends with it`()
    throws
  {
    #expect(try attack("none").delivered == 3)
    try expectFullSandbox()
    #expect(try records(.adapterRestarted).isEmpty)
  }

  /// Attempts on the host or the system, for which no honest reason exists.
  @Test(arguments: [
    "fork", "clone", "exec", "spawn", "tcp", "udp", "unix", "netlink", "send-descriptor", "ptrace",
    "signal", "signal-everybody", "signal-thread", "queue-signal", "pidfd", "host-memory", "link",
    "symlink", "chmod", "handle", "executable-reads", "filter", "user", "namespace", "mount",
    "ring", "bpf", "faults", "keys", "perf", "old-calls",
  ])
  func `an attempt on the host ends the worker, and then the destination's run`(name: String) throws
  {
    let counts = try attack(name, on: file)
    #expect(counts.delivered == 0)
    #expect(counts.waiting == 3)
    try expectFullSandbox()
    let restarts = try records(.adapterRestarted)
    #expect(!restarts.isEmpty)
    for restart in restarts {
      #expect(
        restart.entry.changes[0].new.contains("it made a system call that its sandbox forbids"))
    }
    let history = try host.workspace.workerHistory(of: "hostile")
    #expect(history.sandbox?.hasPrefix("full: ") == true)
    #expect(history.restarts == restarts.count { $0.outcome == .ok })
    #expect(history.lastFailure?.reason.contains("it made a system call") == true)
    let quarantines = try host.workspace.audit.records(
      matching: AuditQuery(type: .destinationQuarantined, object: "destination/hostile"))
    #expect(quarantines.map(\.outcome) == [.intent, .ok])
    #expect(
      try host.workspace.destination("hostile").quarantine?.contains("system call") == true)
  }

  /// What a library may try in good faith fails as it would for lack of rights, and the worker lives on.
  @Test(arguments: [
    ("constructor", EACCES), ("host-memory-file", EACCES), ("host-environment", EACCES),
    ("host-arguments", EACCES), ("host-descriptors", EACCES), ("host-limits", EPERM),
    ("signal-by-owner", EPERM), ("map-writable-code", EACCES), ("map-code", EACCES),
    ("make-code", EACCES), ("dumpable", EPERM), ("outlive", EPERM), ("limits", EPERM),
    ("terminal", ENOTTY), ("shared-memory", ENOMEM), ("memory", ENOMEM), ("descriptors", EMFILE),
    ("threads", EAGAIN), ("batch-file", EACCES),
  ])
  func `a right that it does not have is denied, and it lives on`(name: String, code: Int32) throws
  {
    try host.workspace.setWorkerMemory(64)
    try expectDenied(try attack(name), code)
  }

  /// A file of the same user, which the adapter could do with as it likes if nothing held it.
  @Test(arguments: [
    ("read", EACCES), ("write", EACCES), ("create", EACCES), ("truncate", ENOSYS),
    ("unlink", EACCES), ("rename", EACCES), ("load-library", EACCES),
  ])
  func `files that its manifest does not name are closed to it`(name: String, code: Int32) throws {
    let target = host.folder + "/plaintext.ndjson"
    try "not yours".write(toFile: target, atomically: false, encoding: .utf8)
    try expectDenied(try attack(name, on: target), code)
    #expect(try String(contentsOfFile: target, encoding: .utf8) == "not yours")
  }

  @Test(arguments: ["/", "/root", "/proc", "/home", "/etc", "/sys"])
  func `folders that its manifest does not name are closed to it`(folder: String) throws {
    try expectDenied(try attack("list", on: folder), EACCES)
  }

  @Test func `the workspace's keys are closed to it`() throws {
    try expectDenied(try attack("read", on: host.workspace.layout.storageKey), EACCES)
  }

  @Test func `a quarantined destination is not loaded again until somebody has looked`() throws {
    _ = try attack("fork")
    let loads = try records(.adapterLoaded).count
    let second = try host.run(TestHost.events(2))
    #expect(
      second.destinations.first { $0.id == "hostile" }?.counts.waiting == 5)
    #expect(try records(.adapterLoaded).count == loads)
    #expect(try records(.adapterRefused).map(\.outcome) == [.denied])
    #expect(try host.workspace.releaseDestination("hostile"))
    _ = try host.run(TestHost.events(2), patience: .milliseconds(200))
    #expect(try records(.adapterLoaded).count > loads)
  }

  @Test func `with the sandbox turned off the record says so`() throws {
    try host.workspace.setSandbox(.off)
    #expect(try attack("none").delivered == 3)
    let load = try #require(try records(.adapterLoaded).first)
    #expect(
      load.entry.changes.first { $0.setting == "sandbox" }?.new
        == "none: memory 512 MiB, own process, empty environment; missing: Landlock and seccomp: turned off"
    )
  }

  /// Else the attempts above might fail for a reason of their own.
  @Test(arguments: [
    "constructor", "fork", "clone", "spawn", "tcp", "udp", "unix", "netlink", "host-memory-file",
    "host-environment", "host-arguments", "pidfd", "map-code", "make-code", "map-writable-code",
    "dumpable", "outlive", "read", "write", "create", "chmod", "truncate", "symlink", "link",
    "rename", "executable-reads", "signal-by-owner",
  ])
  func `without the sandbox the same attempts succeed`(name: String) throws {
    try host.workspace.setSandbox(.off)
    let target = host.folder + "/plaintext.ndjson"
    try "not yours".write(toFile: target, atomically: false, encoding: .utf8)
    #expect(try attack(name, on: target).delivered == 3)
  }

  /// What keeps the adapter from them is not the sandbox, so they are the same without it.
  @Test(
    arguments: [("batch-protection", EACCES), ("batch-hole", EACCES), ("batch-descriptor", EBADF)],
    [SandboxRequirement.required, .off])
  func `the memory of its batches is closed to it but for reading`(
    attempt: (name: String, code: Int32), sandbox: SandboxRequirement
  ) throws {
    try host.workspace.setSandbox(sandbox)
    #expect(try attack(attempt.name).deadLettered == ["rejected_by_destination": 3])
    #expect(
      try host.deadLetters("hostile").map(\.detail)
        == Array(repeating: "denied: errno \(attempt.code)", count: 3))
    #expect(try records(.adapterRestarted).isEmpty)
  }

  private func expectDenied(_ counts: DeliveryCounts, _ code: Int32) throws {
    #expect(counts.deadLettered == ["rejected_by_destination": 3])
    #expect(
      try host.deadLetters("hostile").map(\.detail)
        == Array(repeating: "denied: errno \(code)", count: 3))
    try expectFullSandbox()
    #expect(try records(.adapterRestarted).isEmpty)
  }
}
