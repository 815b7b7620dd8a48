import Foundation
import Synchronization
import Testing
import Workbench
import Workspace

@testable import DestinationHost

/// Blocks that are not kept: their source is told so, and of every later one too.
@Suite struct RefusedBlockTests {
  private let host: TestHost
  private let stop = Stop()
  private let outcomes = Outcomes()

  private final class Stop: Sendable {
    private let asked = Mutex(false)
    var isAsked: Bool {
      get { asked.withLock { $0 } }
      set { asked.withLock { $0 = newValue } }
    }
  }

  init() throws {
    host = try TestHost()
    try host.addFile("file")
  }

  private func run(_ body: @escaping @Sendable (Pipeline, RunControl) throws -> Void) throws
    -> RunSummary
  {
    try host.run(change: { [stop] in $0.shouldStop = { stop.isAsked } }, body)
  }

  /// A block of that many events of a kilobyte.
  private static func submit(_ count: Int, to pipeline: Pipeline, _ outcomes: Outcomes) {
    guard let block = pipeline.takeBlock() else { return }
    let padding = String(repeating: "x", count: 850)
    for number in 0..<count {
      ScriptedSource.append(TestHost.event(number, #","x":"\#(padding)""#), to: block)
    }
    block.acknowledge = outcomes.add
    pipeline.submit(block)
  }

  @Test(.enabled(if: SmallDisk.isAllowed, "a tmpfs cannot be mounted by this user"))
  func `after a block that was not kept, none is, though it would fit`() throws {
    let queue = try host.workspace.queueFolder(of: "file")
    try FileManager.default.createDirectory(atPath: queue, withIntermediateDirectories: true)
    #expect(SmallDisk.mount(queue, "size=96k"))
    defer { SmallDisk.unmount(queue) }
    let (reports, stop, outcomes) = (host.reports, stop, outcomes)
    let summary = try run { pipeline, _ in
      Self.submit(200, to: pipeline, outcomes)
      // From now on another block is another group.
      while !reports.all.contains(where: Self.isTrouble) { usleep(1000) }
      Self.submit(1, to: pipeline, outcomes)
      #expect(outcomes.next(within: 0.3) == nil, "nobody is told before it is known")
      stop.isAsked = true
    }
    #expect(outcomes.next()?.isDurable == false)
    #expect(outcomes.next()?.isDurable == false)
    #expect(summary.accepted == 0)
  }

  @Test func `a block that is submitted while no destination is on waits for one`() throws {
    let (outcomes, root) = (outcomes, host.workspace.layout.root)
    let summary = try run { pipeline, _ in
      // As another process does.
      let workspace = try Workspace.open(at: root)
      try workspace.disableDestination("file")
      while !pipeline.plans.isEmpty { usleep(1000) }
      let submitting = HostThread("submit") { Self.submit(1, to: pipeline, outcomes) }
      #expect(outcomes.next(within: 0.3) == nil)
      try workspace.enableDestination("file")
      submitting.join()
      #expect(outcomes.next()?.isDurable == true)
      Self.submit(1, to: pipeline, outcomes)
      #expect(outcomes.next()?.isDurable == true)
    }
    #expect(summary.accepted == 2)
  }

  @Test func `one that waits for a destination at a stop is not kept, nor is what comes behind it`()
    throws
  {
    let (stop, outcomes, root) = (stop, outcomes, host.workspace.layout.root)
    let summary = try run { pipeline, _ in
      let workspace = try Workspace.open(at: root)
      try workspace.disableDestination("file")
      while !pipeline.plans.isEmpty { usleep(1000) }
      let submitting = HostThread("submit") { Self.submit(1, to: pipeline, outcomes) }
      stop.isAsked = true
      submitting.join()
      #expect(outcomes.next()?.isDurable == false)
      try workspace.enableDestination("file")
      while pipeline.plans.isEmpty { usleep(1000) }
      Self.submit(1, to: pipeline, outcomes)
      #expect(outcomes.next()?.isDurable == false)
    }
    #expect(summary.accepted == 0)
  }

  private static func isTrouble(_ report: HostReport) -> Bool {
    if case .queueTrouble("file", _) = report { true } else { false }
  }
}
