internal import EventJSON
internal import Ingest
internal import TrackingAPI

/// Fills blocks with calls, as many as wait and fit, and answers each when its events are durable.
///
/// Used by one thread. The more calls wait, the more share a block, and so a sync of the disk.
final class CallIntake {
  /// How long a call waits for a free block before its sender is told to come back.
  private static let patience = Duration.seconds(2)

  private let inbox: CallInbox
  private let pipeline: Pipeline
  private let control: RunControl
  private var next: TrackingCall?

  init(_ inbox: CallInbox, _ pipeline: Pipeline, _ control: RunControl) {
    self.inbox = inbox
    self.pipeline = pipeline
    self.control = control
  }

  /// Returns when the inbox is closed and empty.
  func run() {
    while let call = next ?? inbox.take() {
      next = nil
      switch pipeline.takeBlock(within: Self.patience) {
      case .block(let block): fill(block, from: call)
      case .busy: refuse(call)
      case .ended: refuse(call)
      }
    }
  }

  /// Whoever waits behind it would wait as long for nothing.
  private func refuse(_ first: TrackingCall) {
    // Why is for the operator, who is told elsewhere: it may name what no sender has to know.
    let isHeld = control.shouldStop || control.heldBecause != nil || pipeline.plans.isEmpty
    var call: TrackingCall? = first
    while let refused = call {
      if isHeld {
        refused.turnAway("The host cannot keep events at the moment. Send it again later.")
      } else {
        refused.slowDown()
      }
      call = inbox.takeIfThere()
    }
  }

  private func fill(_ first: Block, from call: TrackingCall) {
    var filling = Filling(first, of: call.source)
    var call = call
    while true {
      let pending = PendingCall(call)
      while !filling.append(pending) {
        filling.submit(to: pipeline)
        guard let block = anotherBlock() else { return pending.fail() }
        filling = Filling(block, of: call.source)
      }
      guard let following = inbox.takeIfThere() else { break }
      guard following.source == call.source, filling.hasRoom else {
        next = following
        break
      }
      call = following
    }
    filling.submit(to: pipeline)
  }

  /// For the rest of a call that was begun: it waits as long as it takes.
  private func anotherBlock() -> Block? {
    while true {
      switch pipeline.takeBlock(within: Self.patience) {
      case .block(let block): return block
      case .ended: return nil
      case .busy: if control.shouldStop { return nil }
      }
    }
  }
}

/// A block that is being filled, and whose calls it holds.
private struct Filling {
  private let block: Block
  private var shares: [Share] = []

  /// Some events of a call, which are lines of the block.
  private struct Share {
    let call: PendingCall
    let firstEvent: Int
    let lines: Range<Int>
  }

  init(_ block: Block, of source: String) {
    block.source = source
    block.lines.longestLine = LineBlock.limit + CallStamp.longestGrowth
    self.block = block
  }

  /// Whether it is worth while to begin another call in it.
  var hasRoom: Bool { block.lines.room > 2 * LineBlock.limit }

  /// Adds the call's events from the first that is in no block yet; false when not all of them fit.
  mutating func append(_ call: PendingCall) -> Bool {
    let first = call.placed
    let line = block.lines.lineCount + 1
    while call.placed < call.call.events.count, append(call.call, call.placed) { call.placed += 1 }
    let isWhole = call.placed == call.call.events.count
    if call.placed > first {
      shares.append(
        Share(call: call, firstEvent: first, lines: line..<line + call.placed - first))
      call.begin(isLast: isWhole)
    }
    return isWhole
  }

  private func append(_ call: TrackingCall, _ index: Int) -> Bool {
    let event = call.events[index]
    guard !event.range.isEmpty else { return block.lines.append(tooLong: event.length) }
    let lines = call.lines
    return unsafe block.lines.append(lines.span.bytes.extracting(event.range))
  }

  func submit(to pipeline: Pipeline) {
    guard !shares.isEmpty else { return pipeline.putBack(block) }
    block.acknowledge = { [shares] outcome in
      switch outcome {
      case .durable(let rejections, _): Self.settle(shares, rejections)
      case .notKept: shares.forEach { $0.call.fail() }
      }
    }
    pipeline.submit(block)
  }

  /// Both are in the order of the lines.
  private static func settle(_ shares: [Share], _ rejections: [Rejection]) {
    var rest = rejections[...]
    for share in shares {
      let own = rest.prefix { $0.line < share.lines.upperBound }
      rest = rest.dropFirst(own.count)
      share.call.settle(
        own.map { (share.firstEvent + $0.line - share.lines.lowerBound, $0.reason) })
    }
  }
}
