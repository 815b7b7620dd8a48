internal import EventJSON
internal import KafkaClient
internal import TrackingAPI
internal import Workspace

/// Sends the events of calls to a topic, each with its user as key, and answers a call when the brokers have all of it.
///
/// Used by one thread, so a user's events stand in the topic in the order in which they came. Events are held to the
/// same rules as by a host; one without a `messageId` gets it here, and keeps it down to the destinations.
final class ProducerIntake: @unchecked Sendable {
  // Protected by confinement: made by the thread that starts the run, then used by the intake's alone.
  static let notNow = "The stream cannot take events at the moment. Send it again later."

  private let inbox: CallInbox
  private let producer: KafkaProducer
  private let meter: ProducerMeter
  private let control: RunControl
  private var scanner = EventScanner(selecting: KeySelection([]))
  private var ids: MessageIDs

  init(
    _ inbox: CallInbox, _ producer: KafkaProducer, _ meter: ProducerMeter, _ control: RunControl,
    _ ids: consuming MessageIDs
  ) {
    self.inbox = inbox
    self.producer = producer
    self.meter = meter
    self.control = control
    self.ids = ids
  }

  /// Returns when the inbox is closed and empty.
  func run() {
    while let call = inbox.take() { take(call) }
  }

  private func take(_ call: TrackingCall) {
    let batch = ProducedBatch(call, &scanner, &ids)
    let (count, bytes, start) = (batch.messages.count, batch.bytes, Moment.now)
    guard count > 0 else { return Self.settle(call, batch, nil, control.monitor) }
    guard meter.begin(count, bytes: bytes) else {
      meter.refuse(count)
      return call.turnAway(Self.notNow)
    }
    // Held by what is on its way, it must not hold the producer.
    let receipt = KafkaReceipt(count: count) { [meter, monitor = control.monitor] failure in
      meter.end(count, bytes: bytes, since: start, failure)
      Self.settle(call, batch, failure, monitor)
    }
    send(batch, of: call, receipt)
  }

  private static func settle(
    _ call: TrackingCall, _ batch: ProducedBatch, _ failure: String?, _ monitor: HostMonitor
  ) {
    guard failure == nil else { return call.turnAway(notNow) }
    monitor.count(call, rejections: batch.rejections.map(\.reason))
    call.accept(rejections: batch.rejections)
  }

  /// Once one is not taken the rest is not sent either: its sender sends all of it again, in its order.
  private func send(_ batch: ProducedBatch, of call: TrackingCall, _ receipt: KafkaReceipt) {
    var refusal: String?
    for message in batch.messages {
      refusal = refusal ?? self.refusal(of: message, call, receipt)
      if let refusal { receipt.take(refusal) }
    }
  }

  /// Nil when the client took it.
  private func refusal(
    of message: ProducedBatch.Message, _ call: TrackingCall, _ receipt: KafkaReceipt
  ) -> String? {
    do throws(KafkaError) {
      switch try send(message, call, receipt) {
      case .taken: return nil
      case .full: return "the client's buffer is full"
      case .refused(let words): return words
      }
    } catch {
      control.fail(error)
      return "\(error)"
    }
  }

  private func send(
    _ message: ProducedBatch.Message, _ call: TrackingCall, _ receipt: KafkaReceipt
  ) throws(KafkaError) -> KafkaSending {
    let key = message.key
    if let named = message.named {
      return try unsafe producer.send(named.span.bytes, key: key.span.bytes, receipt)
    }
    let lines = call.lines
    return try unsafe producer.send(
      lines.span.bytes.extracting(message.range), key: key.span.bytes, receipt)
  }
}
