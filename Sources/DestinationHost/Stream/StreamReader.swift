internal import DeliveryQueue
internal import EventJSON
internal import Foundation
internal import Ingest
internal import KafkaClient

/// Fills blocks with a topic's messages, and answers its group; used by one thread.
///
/// ```
/// assigned ─▶ read ─▶ submitted ─▶ durable ─▶ committed
///                revoked: submit ─▶ wait until durable ─▶ commit ─▶ wait until delivered ─▶ release
/// ```
///
/// A partition is released only when what was read from it is delivered, so that the host that reads on does not
/// overtake this one; a destination that takes nothing holds it for ``StreamInput/handover`` at most.
final class StreamReader {
  /// How long a question to the brokers may take.
  private static let questionMilliseconds: Int32 = 5000

  private let consumer: KafkaConsumer
  private let input: StreamInput
  private let pipeline: Pipeline
  private let control: RunControl
  private let offsets = StreamOffsets()
  private var partitions: Set<Int32> = []

  /// The block being filled, and which messages are its lines.
  private var block: Block?
  private var origin: StreamOrigin
  /// A message that came while there was no room for it.
  private var carried: [(value: [UInt8], position: KafkaPosition, milliseconds: Int64)] = []
  private var isPaused = false
  private var lag: StreamLag

  init(
    _ consumer: KafkaConsumer, _ input: StreamInput, _ pipeline: Pipeline, _ control: RunControl
  ) {
    self.consumer = consumer
    self.input = input
    self.pipeline = pipeline
    self.control = control
    origin = StreamOrigin(topic: consumer.topic)
    lag = StreamLag(consumer, group: input.group)
    tellLag()
  }

  /// Reads until a stop, then gives the partitions up.
  func read() throws {
    while !control.shouldStop {
      takeBlock()
      try step()
      tellDurable()
      if let standing = lag.look(offsets.durable) { control.monitor.take(standing) }
    }
    submit()
    giveUp(Array(partitions))
  }

  /// One poll, and what it asks for.
  private func step() throws {
    // What came with the last fetch is there at once; a block is not held back for more.
    let mayWait = isPaused || origin.messages.isEmpty
    let answer = try consumer.poll(milliseconds: mayWait ? 100 : 1, keep)
    switch answer {
    case .message:
      lag.noteMessage()
      if !carried.isEmpty { submit() }
    case .nothing: submit()
    case .assigned(let list): try begin(list)
    case .revoked(let list, let isLost): try end(list, isLost)
    }
  }
}

// MARK: - Blocks

extension StreamReader {
  /// Gets a block, if there is none; while there is none to be had, the partitions are paused.
  private func takeBlock() {
    // A block that is begun waits until a destination is on.
    if pipeline.plans.isEmpty { return pause(true) }
    guard block == nil else { return pause(false) }
    guard case .block(let free) = pipeline.takeBlock(within: .milliseconds(isPaused ? 0 : 50))
    else { return pause(true) }
    // An event that came by an edge has grown there by what a source writes on it.
    free.lines.longestLine = LineBlock.limit + CallStamp.longestGrowth
    block = free
    pause(false)
    let waiting = carried
    carried = []
    for message in waiting {
      unsafe keep(bytes: message.value.span.bytes, message.position, message.milliseconds)
    }
  }

  private func pause(_ wanted: Bool) {
    guard wanted != isPaused else { return }
    isPaused = wanted
    consumer.pause(Array(partitions), wanted)
  }

  /// A message without a value is kept as an empty line, which is no event.
  private func keep(_ value: RawSpan?, _ position: KafkaPosition, _ milliseconds: Int64) {
    if let value {
      keep(bytes: value, position, milliseconds)
    } else {
      keep(bytes: RawSpan(), position, milliseconds)
    }
  }

  private func keep(bytes: RawSpan, _ position: KafkaPosition, _ milliseconds: Int64) {
    if carried.isEmpty, block?.lines.append(bytes) == true {
      origin.append(position, milliseconds)
    } else {
      let copy = unsafe bytes.withUnsafeBytes { unsafe Array($0) }
      carried.append((copy, position, milliseconds))
    }
  }

  /// Hands over what is filled; the pipeline would hold this thread, which has to poll, while no destination is on.
  private func submit() {
    guard let block, !origin.messages.isEmpty, !pipeline.plans.isEmpty || control.shouldStop
    else { return }
    self.block = nil
    let (origin, offsets, report) = (origin, offsets, control.report)
    self.origin = StreamOrigin(topic: consumer.topic)
    block.origin = origin
    let round = offsets.begin()
    block.acknowledge = { outcome in
      guard case .durable(let rejections, _) = outcome else {
        return offsets.end(nil, round: round)
      }
      for rejection in rejections {
        report(.stream(.rejected(origin.position(ofLine: rejection.line), rejection.reason)))
      }
      offsets.end(origin.ends, round: round)
    }
    pipeline.submit(block)
  }
}

// MARK: - Partitions

extension StreamReader {
  private func begin(_ list: [Int32]) throws {
    lag.add(list, from: starts(of: list))
    try consumer.accept(list)
    offsets.add(list)
    partitions.formUnion(list)
    if isPaused { consumer.pause(list, true) }
    tellLag()
    control.report(.stream(.reading(partitions.sorted())))
  }

  /// Where the reading begins, as far as the brokers say it; says what their retention removed before it was read, as
  /// nobody else would.
  private func starts(of list: [Int32]) -> [Int32: Int64] {
    let known = consumer.committed(list, milliseconds: Self.questionMilliseconds) ?? []
    var starts = consumer.firstOffsets(list, milliseconds: Self.questionMilliseconds) ?? [:]
    for position in known {
      let removed = starts[position.partition, default: 0] - position.offset
      if removed > 0 {
        control.report(.stream(.removed(partition: position.partition, count: removed)))
      } else {
        starts[position.partition] = position.offset
      }
    }
    return starts
  }

  private func end(_ list: [Int32], _ isLost: Bool) throws {
    if isLost {
      // Another host reads them already; what is submitted is delivered by both, with the same ids.
      submit()
      control.report(.stream(.lost(list)))
    } else {
      submit()
      giveUp(list)
    }
    carried.removeAll { list.contains($0.position.partition) }
    try consumer.release(list)
    partitions.subtract(list)
    offsets.remove(list)
    lag.remove(list)
    tellLag()
    control.report(.stream(.reading(partitions.sorted())))
  }

  /// Waits until what was read is durable, commits it, and waits until it is delivered.
  private func giveUp(_ list: [Int32]) {
    let deadline = ContinuousClock.now.advanced(by: input.handover)
    wait(until: deadline) { offsets.isSettled }
    commit(list)
    wait(until: deadline) { waiting == 0 }
    if waiting > 0 { control.report(.stream(.unfinished(waiting: waiting))) }
  }

  /// Events that wait in the queues of the destinations, or for one to be on.
  private var waiting: Int {
    pipeline.plans.uncontrolled.routes.reduce(origin.messages.count) {
      $0 + $1.delivery.queue.state.waiting
    }
  }

  private func wait(until deadline: ContinuousClock.Instant, _ isReached: () -> Bool) {
    while !isReached(), !control.hasFailed, .now < deadline {
      Thread.sleep(forTimeInterval: 0.005)
    }
  }
}

// MARK: - Commits

extension StreamReader {
  private func tellLag() { control.monitor.take(lag.standing(offsets.durable)) }

  /// Says what became durable since the last time.
  private func tellDurable() {
    let durable = offsets.takeNew()
    if !durable.isEmpty { consumer.done(durable) }
  }

  private func commit(_ list: [Int32]) {
    let durable = offsets.durable
    let positions = list.compactMap { partition in
      durable[partition].map { KafkaPosition(partition: partition, offset: $0) }
    }
    if let reason = consumer.commit(positions) {
      control.report(.stream(.notice(.trouble("offsets were not committed: \(reason)"))))
    }
  }
}
