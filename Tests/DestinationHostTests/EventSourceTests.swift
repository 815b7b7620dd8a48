import EventJSON
import Foundation
import Privacy
import Synchronization
import Testing
import Workspace

@testable import DestinationHost

/// Sources that fill their blocks from memory, as one that is sent requests does.
@Suite struct EventSourceTests {
  @Test func `a source is told of what is durable, what is no event, what is a duplicate`()
    throws
  {
    let host = try TestHost()
    let path = try host.addFile("archive")
    let outcomes = Outcomes()
    let summary = try host.run(change: { $0.dropsDuplicates = true }) { pipeline, _ in
      guard case .block(let block) = pipeline.takeBlock(within: .seconds(20)) else { return }
      for text in [TestHost.event(1), "no event", TestHost.event(2), TestHost.event(1)] {
        ScriptedSource.append(text, to: block)
      }
      block.acknowledge = outcomes.add
      pipeline.submit(block)
      // It waits for its answer, as one who was sent a request does.
      guard case .durable(let rejections, let duplicates)? = outcomes.next() else {
        Issue.record("not durable")
        return
      }
      #expect(rejections.map(\.line) == [2])
      #expect(duplicates == 1)
    }
    #expect(summary.accepted == 2 && summary.rejected == 1 && summary.duplicates == 1)
    #expect(try host.lines(path).count == 2)
    #expect(host.reports.rejections.isEmpty)
  }

  @Test func `each source's events go by its own controls, in one run`() throws {
    let host = try TestHost()
    let path = try host.addFile("archive")
    try host.workspace.control(source: "web", by: Controls(yellow: .block))
    _ = try host.run { pipeline, _ in
      for (number, source) in ["web", "app", "default", "web"].enumerated() {
        guard case .block(let block) = pipeline.takeBlock(within: .seconds(20)) else { return }
        block.source = source
        ScriptedSource.append(TestHost.event(number), to: block)
        pipeline.submit(block)
      }
    }
    let hasEmail = try host.lines(path).map { $0.contains("@example.com") }
    #expect(hasEmail == [false, true, true, false])
    let seen = try host.workspace.keySightings().paths.first { $0.text == "properties.email" }
    #expect(seen?.sources == ["web": 2, "app": 1, "default": 1])
  }

  @Test func `while all blocks are held a source is told to come back, and why`() throws {
    let host = try TestHost()
    try host.addMisbehaving("slow", ["behaviour": "retry-later"])
    try host.workspace.setDelivery(of: "slow") { $0.queueMegabytes = 1 }
    let stop = Mutex(false)
    let told = Mutex<[String]>([])
    let kept = Mutex((durable: 0, lost: 0))
    _ = try host.run(
      change: {
        $0.shouldStop = { stop.withLock { isAsked in isAsked } }
        $0.stopDeadline = .zero
      }
    ) { pipeline, control in
      let padding = String(repeating: "x", count: 20_000)
      var number = 0
      // A sender may also be sent away before the queue is known to be full.
      while !told.withLock({ $0.contains { $0.contains("full") } || $0.count > 200 }) {
        switch pipeline.takeBlock(within: .milliseconds(300)) {
        case .block(let block):
          for _ in 0..<10 {
            ScriptedSource.append(TestHost.event(number, #","x":"\#(padding)""#), to: block)
            number += 1
          }
          block.acknowledge = { outcome in
            kept.withLock { if outcome.isDurable { $0.durable += 1 } else { $0.lost += 1 } }
          }
          pipeline.submit(block)
          // The first one has a group of its own, which fits.
          while kept.withLock({ $0.durable + $0.lost == 0 }) { usleep(1000) }
        case .busy(let reason): told.withLock { $0.append(reason) }
        case .ended: return
        }
      }
      stop.withLock { $0 = true }
    }
    #expect(told.withLock { $0.last?.contains("slow") } == true)
    #expect(told.withLock { $0.last?.contains("full") } == true)
    // Everybody got an answer; nobody was promised what did not fit.
    #expect(kept.withLock { $0.durable } >= 1)
    #expect(kept.withLock { $0.lost } >= 1)
  }
}
